package dev.ringlift.relinker.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Asks something of each device at once, each in a thread of its own, and waits for all together no
 * longer than so long. A thread that hangs in the kernel can't be ended: it is left behind, and as
 * long as it hangs nothing else is asked of its device.
 *
 * @param <T> the answer
 */
final class SideBySide<T> {
  private final String what;
  private final Duration patience;
  private final Map<String, CompletableFuture<T>> underWay = new HashMap<>();

  SideBySide(String what, Duration patience) {
    this.what = what;
    this.patience = patience;
  }

  Duration patience() {
    return patience;
  }

  /**
   * The answers in the order of the names.
   *
   * @param silent what is to be taken for the answer of a device that gives none
   */
  synchronized List<T> of(
      SortedSet<String> names, Function<String, T> ask, Function<String, T> silent) {
    underWay.values().removeIf(CompletableFuture::isDone);
    SortedMap<String, CompletableFuture<T>> asked = new TreeMap<>();
    for (String name : names) {
      asked.put(name, underWay.computeIfAbsent(name, each -> start(each, ask)));
    }
    long end = System.nanoTime() + patience.toNanos();
    List<T> answers = new ArrayList<>(names.size());
    asked.forEach(
        (name, answer) -> answers.add(await(answer, end - System.nanoTime(), name, silent)));
    return answers;
  }

  private CompletableFuture<T> start(String name, Function<String, T> ask) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .name(what + "-" + name)
        .daemon()
        .start(
            () -> {
              try {
                answer.complete(ask.apply(name));
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  private T await(
      CompletableFuture<T> answer, long nanos, String name, Function<String, T> silent) {
    try {
      return answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return silent.apply(name);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug in the " + what + " at " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return silent.apply(name);
    }
  }
}
