package dev.ringlift.agent.contact;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Watches objects of the API server, however long that is out of reach. */
public final class Watches {
  private Watches() {}

  /**
   * Starts an informer that has not been started; to be closed.
   *
   * @param changed called at each change
   */
  public static <T extends HasMetadata> SharedIndexInformer<T> start(
      SharedIndexInformer<T> informer, Runnable changed) {
    informer.exceptionHandler((started, problem) -> true);
    informer.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T added) {
            changed.run();
          }

          @Override
          public void onUpdate(T before, T after) {
            changed.run();
          }

          @Override
          public void onDelete(T removed, boolean finalStateUnknown) {
            changed.run();
          }
        });
    informer.start();
    return informer;
  }
}
