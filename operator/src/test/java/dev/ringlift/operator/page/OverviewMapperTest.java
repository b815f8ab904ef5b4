package dev.ringlift.operator.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Progress;
import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.operator.page.Overview.Increase;
import dev.ringlift.operator.page.Overview.RingView;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverviewMapperTest {
  private static Overview map(List<PartitionPowerIncrease> increases) {
    return OverviewMapper.map("swift", increases, new History(), increase -> "Relink");
  }

  @Test
  void everythingThatTheStatusSaysIsThere() {
    Increase increase =
        map(List.of(
                new SampleIncrease("grow", Phase.Relinking)
                    .progress(30, 100, 2_000, SampleIncrease.BEGAN.plusSeconds(60))
                    .problem("storage-1", "d2", "Input/output error")
                    .condition("Degraded", "True", "A device failed.")
                    .build()))
            .increases()
            .getFirst();

    assertThat(increase.name()).isEqualTo("grow");
    assertThat(increase.ringFile()).isEqualTo("object.ring.gz");
    assertThat(increase.from()).isEqualTo(10);
    assertThat(increase.to()).isEqualTo(11);
    assertThat(increase.step()).isEqualTo("Relink");
    assertThat(increase.progress()).extracting(Progress::percent).isEqualTo(30);
    assertThat(increase.ring()).extracting(RingView::md5).isEqualTo(SampleCluster.MD5);
    assertThat(increase.problems().getFirst().device()).isEqualTo("d2");
    assertThat(increase.conditions().getFirst().message()).isEqualTo("A device failed.");
    assertThat(increase.preflight().getFirst().result()).isEqualTo("Passed");
    assertThat(increase.timeline()).hasSize(7);
  }

  @Test
  void oneOfWhichNothingHasBeenSaidIsPending() {
    PartitionPowerIncrease fresh = new SampleIncrease("grow", Phase.Pending).build();
    fresh.setStatus(null);

    Increase increase = map(List.of(fresh)).increases().getFirst();

    assertThat(increase.phase()).isEqualTo(Phase.Pending);
    assertThat(increase.message()).isNull();
    assertThat(increase.timeline().getFirst().phase()).isEqualTo(Phase.Pending);
  }

  @Test
  void thoseUnderWayComeFirstThenTheNewest() {
    List<PartitionPowerIncrease> increases =
        List.of(
            at("old-done", Phase.Complete, 0),
            at("new-done", Phase.Cancelled, 9),
            at("working", Phase.Relinking, 3));

    assertThat(map(increases).increases())
        .extracting(Increase::name)
        .containsExactly("working", "new-done", "old-done");
  }

  @Test
  void onlySoManyAreShown() {
    Overview overview =
        map(IntStream.range(0, 40).mapToObj(i -> at("n" + i, Phase.Complete, i)).toList());

    assertThat(overview.increases()).hasSize(OverviewMapper.INCREASES);
    assertThat(overview.omitted()).isEqualTo(40 - OverviewMapper.INCREASES);
    assertThat(overview.increases().getFirst().name()).isEqualTo("n39");
  }

  @Test
  void textsAreCutAndLoseWhatIsNoText() {
    assertThat(Clip.clip("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Clip.clip("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(Clip.clip("a\u202Eb\u0007c\nd", 20)).isEqualTo("a\uFFFDb\uFFFDc d");
    assertThat(Clip.clip("😀".repeat(5), 3)).isEqualTo("😀😀…");
    assertThat(Clip.clip("\uD83D", 3)).isEqualTo("\uFFFD");
    assertThat(Clip.clip("<script>", 20)).isEqualTo("<script>");
  }

  private static PartitionPowerIncrease at(String name, Phase phase, int second) {
    return new SampleIncrease(name, phase)
        .created(SampleIncrease.BEGAN.plusSeconds(second))
        .build();
  }
}
