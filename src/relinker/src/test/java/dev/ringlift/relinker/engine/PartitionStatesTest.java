package dev.ringlift.relinker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PartitionStatesTest {
  @Test
  void whatIsGivenInAnyOrderComesAscendingAndOnce() {
    PartitionStates.Collector collector = new PartitionStates.Collector();
    collector.add(9, true);
    collector.add(2, false);
    collector.add((1L << 32) - 1, true);
    collector.add(9, false);
    collector.add(2, false);
    collector.add(0, true);

    PartitionStates states = collector.finish();

    assertThat(states.numbers()).containsExactly(0, 2, 9, (1L << 32) - 1);
    assertThat(states.done().stream()).as("9 was not done once").containsExactly(0, 3);
  }

  @Test
  void othersAreAddedWhereTheyAreNew() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      NavigableMap<Long, Boolean> expected = new TreeMap<>();
      PartitionStates.Collector collector = new PartitionStates.Collector();
      for (int i = random.nextInt(100); i > 0; i--) {
        long number = random.nextInt(150);
        if (expected.putIfAbsent(number, number % 3 == 0) == null) {
          collector.add(number, number % 3 == 0);
        }
      }
      long[] others = random.longs(random.nextInt(100), 0, 150).sorted().distinct().toArray();
      boolean done = random.nextBoolean();
      for (long other : others) {
        expected.putIfAbsent(other, done);
      }

      PartitionStates all = collector.finish().with(others, done);

      assertThat(all.numbers()).containsExactly(expected.keySet().toArray(Long[]::new));
      long[] numbers = all.numbers();
      assertThat(all.done().stream().mapToObj(index -> numbers[index]))
          .containsExactlyElementsOf(expected.keySet().stream().filter(expected::get).toList());
    }
  }

  @Test
  void noneAreEmpty() {
    assertThat(PartitionStates.NONE.isEmpty()).isTrue();
    assertThat(PartitionStates.NONE.with(new long[] {3}, true).isEmpty()).isFalse();
  }
}
