package dev.ringlift.operator.plan;

import dev.ringlift.api.v1alpha1.RelinkTaskSpec;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceProgress;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.DeviceState;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What agents of a {@link World} say of their tasks. */
final class TaskReports {
  private TaskReports() {}

  /** Of a task that has ended, with what became of each device. */
  static RelinkTaskStatus ended(RelinkTaskSpec spec, Map<String, Boolean> devices) {
    List<DeviceProgress> results = new ArrayList<>();
    devices.forEach(
        (name, well) ->
            results.add(
                new DeviceProgress(
                    name,
                    well ? DeviceState.Succeeded : DeviceState.Failed,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    null)));
    boolean well = !devices.containsValue(false);
    return status(
        well ? State.Succeeded : State.Failed,
        spec.attempt(),
        spec.round(),
        Site.GENERATION,
        results,
        // Back-off counts from the end of what failed; nothing counts from that of what did not.
        well ? Site.BEFORE_TEXT : Site.NOW_TEXT);
  }

  /** The spec was changed since. */
  static RelinkTaskStatus ofFormerSpec(RelinkTaskStatus s) {
    return status(
        s.state(),
        s.attempt(),
        s.round(),
        Site.GENERATION - 1,
        s.devices(),
        String.valueOf(s.completionTime()));
  }

  /** A long time later. */
  static RelinkTaskStatus aged(RelinkTaskStatus s) {
    long about = s.observedGeneration() == null ? 0 : s.observedGeneration();
    return status(s.state(), s.attempt(), s.round(), about, s.devices(), Site.BEFORE_TEXT);
  }

  private static RelinkTaskStatus status(
      State state,
      int attempt,
      int round,
      long generation,
      List<DeviceProgress> devices,
      String completionTime) {
    return new RelinkTaskStatus(
        state,
        null,
        attempt,
        round,
        generation,
        "",
        0,
        0,
        0,
        0,
        0,
        devices,
        List.of(),
        null,
        completionTime);
  }
}
