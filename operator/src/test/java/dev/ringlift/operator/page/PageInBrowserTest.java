package dev.ringlift.operator.page;

import static dev.ringlift.operator.page.SampleCluster.failed;
import static dev.ringlift.operator.page.SampleCluster.progress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.api.v1alpha1.RelinkTaskSpec.Step;
import dev.ringlift.api.v1alpha1.RelinkTaskStatus.State;
import dev.ringlift.testkit.browser.Chromium;
import dev.ringlift.testkit.browser.Tab;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person has it: in a real browser, with a keyboard, on a phone. */
@Tag("e2e")
class PageInBrowserTest {
  private static final String UID = SampleIncrease.uid("grow");
  private static final int PHONE = 360;

  private static Chromium chromium;

  private final SampleCluster cluster = new SampleCluster();
  private ServedPage page = new ServedPage(cluster);

  @BeforeAll
  static void startChromium(@TempDir Path folder) {
    chromium = Chromium.start(folder);
  }

  @AfterAll
  static void closeChromium() {
    chromium.close();
  }

  @AfterEach
  void close() {
    page.close();
  }

  private static ConditionFactory soon(String what) {
    return await(what).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
  }

  private Tab open() {
    Tab tab = chromium.open(page.url());
    soon("the stream has come").until(() -> tab.text("#live-text").equals("Live"));
    return tab;
  }

  private SampleIncrease relinking() {
    return new SampleIncrease("grow", Phase.Relinking)
        .progress(300, 1024, 2_500, Instant.now().plusSeconds(600))
        .condition("Ready", "False", "It is under way.")
        .condition("Reconciling", "True", "Objects are being linked.");
  }

  private void threeNodes() {
    for (int i = 1; i <= 3; i++) {
      cluster.addNode("storage-" + i, 2, Instant.now());
      cluster.putTask(
          UID,
          "storage-" + i,
          Step.Relink,
          State.Running,
          progress("d1", 512),
          progress("d2", 128));
    }
  }

  private void manyNodes(int count) {
    for (int i = 0; i < count; i++) {
      String name = "node-%04d".formatted(i);
      cluster.addNode(name, 12, i == 41 ? Instant.EPOCH : Instant.now());
      cluster.putTask(UID, name, Step.Relink, State.Running, progress("d1", i % 512));
    }
  }

  @Test
  void showsAnIncreaseAndFollowsItToItsEnd() {
    cluster.put(relinking().build());
    threeNodes();
    Tab tab = open();

    soon("the increase is shown").until(() -> tab.count("#cards .node") == 3);
    assertThat(tab.text("#title")).contains("grow").contains("Relinking");
    assertThat(tab.text(".powers")).contains("10").contains("11");
    assertThat(tab.text("#dial")).contains("29%").contains("left");
    assertThat(tab.text("#timeline [aria-current=step] .name")).startsWith("Relinking");
    assertThat(tab.text("#cards .node")).contains("storage-1").contains("25%");
    assertThat(tab.text("#conditions")).contains("Objects are being linked.");

    cluster.putTask(
        UID,
        "storage-2",
        Step.Relink,
        State.Failed,
        progress("d1", 512),
        failed("d2", "EIO on d2"));
    cluster.put(relinking().problem("storage-2", "d2", "EIO on d2").build());
    soon("trouble is shown where it is")
        .until(() -> tab.text("#cards [data-trouble=true]").contains("EIO on d2"));
    assertThat(tab.text("#problems")).contains("1 problem").contains("storage-2 · d2");

    cluster.put(new SampleIncrease("grow", Phase.Complete).build());
    soon("its end is shown").until(() -> tab.text("#title").contains("Complete"));
    assertThat(tab.text("#dial")).contains("100%").contains("took 1 min 30 s");
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void showsTextsOfOthersAsTextAndAsNothingElse() {
    String hostile = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>";
    cluster.put(
        new SampleIncrease("grow", Phase.Relinking)
            .message(hostile)
            .problem("\"><b id=hacked>", "</li>", hostile)
            .condition("<b id=hacked>", "True", hostile)
            .build());
    cluster.addNode("<i id=hacked>", 1, Instant.now());
    cluster.putTask(UID, "<i id=hacked>", Step.Relink, State.Failed, failed("<b>d1</b>", hostile));
    Tab tab = open();

    soon("the card is there").until(() -> tab.text("#cards").contains(hostile));
    assertThat(tab.text(".message")).isEqualTo(hostile);
    assertThat(tab.text("#problems")).contains(hostile).contains("\"><b id=hacked>");
    assertThat(tab.text("#conditions")).contains(hostile);
    assertThat(tab.evaluate("typeof window.hacked").asText()).isEqualTo("undefined");
    assertThat(tab.count("#hacked, main img, main script")).isZero();
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void canBeUsedByKeyboard() {
    cluster.put(relinking().build());
    manyNodes(200);
    Tab tab = open();
    soon("the cells are there").until(() -> tab.count("#cells button") == 200);

    tab.press("Tab");
    assertThat(focused(tab)).isEqualTo("skip");
    tab.press("Enter");
    assertThat(tab.evaluate("document.activeElement.id").asText()).isEqualTo("main");
    tab.press("Tab");
    assertThat(tab.evaluate("document.activeElement.id").asText()).isEqualTo("rate-chart");

    tabTo(tab, "filter");
    tab.press("Tab");
    tab.press("Tab");
    tab.press("Tab");
    assertThat(tab.evaluate("document.activeElement.parentElement.id").asText()).isEqualTo("cells");
    tab.press("ArrowRight");
    tab.press("ArrowDown");
    tab.press("ArrowUp");
    assertThat(tab.evaluate("document.activeElement.ariaLabel").asText()).startsWith("node-0001");
    assertThat(tab.text("#detail")).contains("node-0001").contains("12 devices");
    tab.press("End");
    assertThat(tab.text("#detail")).contains("node-0199");
    assertThat(tab.evaluate("document.querySelectorAll('#cells [tabindex=\"0\"]').length").asInt())
        .as("one of the cells is on the way of the Tab key, not all of them")
        .isEqualTo(1);
  }

  private static void tabTo(Tab tab, String id) {
    for (int i = 0; i < 20; i++) {
      if (tab.evaluate("document.activeElement.id").asText().equals(id)) {
        return;
      }
      tab.press("Tab");
    }
    throw new AssertionError(id + " is not on the way of the Tab key");
  }

  private static String focused(Tab tab) {
    return tab.evaluate("document.activeElement.className").asText();
  }

  @Test
  void hasTheSameInATableAndCanBeFiltered() {
    cluster.put(relinking().build());
    manyNodes(300);
    Tab tab = open();
    soon("the cells are there").until(() -> tab.count("#cells button") == 300);

    tab.evaluate("document.getElementById('as-table').click()");
    assertThat(tab.count("tbody tr")).isEqualTo(200);
    assertThat(tab.text("thead")).contains("Node").contains("Trouble");
    tab.evaluate("document.querySelector('.more').click()");
    assertThat(tab.count("tbody tr")).isEqualTo(300);

    tab.evaluate(
        "const filter = document.getElementById('filter'); filter.value = 'trouble';"
            + " filter.dispatchEvent(new Event('change'))");
    assertThat(tab.count("tbody tr")).isEqualTo(1);
    assertThat(tab.text("tbody")).contains("node-0041").contains("not been heard of");
  }

  @Test
  void fitsAPhone() {
    cluster.put(
        relinking().problem("storage-2", "d2", "m".repeat(300)).message("w".repeat(300)).build());
    threeNodes();
    Tab tab = open();
    tab.resize(PHONE, 740, true);
    soon("the cards are there").until(() -> tab.count("#cards .node") == 3);
    assertThat(tab.scrollsSideways()).as("with cards").isFalse();

    tab.evaluate("document.getElementById('as-table').click()");
    assertThat(tab.scrollsSideways()).as("with a table").isFalse();
    tab.evaluate("document.getElementById('as-grid').click()");
    manyNodes(500);
    soon("the cells are there").until(() -> tab.count("#cells button") == 503);
    assertThat(tab.scrollsSideways()).as("with cells").isFalse();
  }

  @Test
  void showsThreeThousandNodesWithTwelveDevices() {
    cluster.put(relinking().build());
    manyNodes(3000);
    Tab tab = open();

    soon("the cells are there").until(() -> tab.count("#cells button") == 3000);
    assertThat(tab.text("#legend")).contains("2,999 at work").contains("1 lost");
    assertThat(tab.text("#cells [data-state=Lost]")).isEmpty();
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void saysWhenItIsCutOffAndGoesOnByItself() {
    cluster.put(relinking().build());
    threeNodes();
    Tab tab = open();
    soon("the increase is shown").until(() -> tab.text("#title").contains("Relinking"));
    int port = page.port();

    page.close();
    soon("it says so").until(() -> tab.text("#live-text").equals("Stale"));
    assertThat(tab.text("#stale")).contains("has not been heard for");
    assertThat(tab.text("#title")).contains("Relinking");

    cluster.put(new SampleIncrease("grow", Phase.CleaningUp).pastPointOfNoReturn().build());
    page = new ServedPage(cluster, port);
    soon("it goes on").until(() -> tab.text("#title").contains("Cleaning up"));
    assertThat(tab.text("#live-text")).isEqualTo("Live");
    assertThat(tab.text("#stale")).isEmpty();
  }

  @Test
  void isDarkOrLightAsTheSystemOrItsReaderLikes() {
    Tab tab = open();
    tab.prefer("dark");
    String dark = background(tab);
    tab.prefer("light");
    String light = background(tab);
    assertThat(light).isNotEqualTo(dark);

    tab.evaluate("document.getElementById('theme').click()");
    assertThat(tab.text("#theme")).isEqualTo("Dark");
    assertThat(background(tab)).isEqualTo(dark);
    tab.evaluate("document.getElementById('theme').click()");
    tab.prefer("dark");
    assertThat(background(tab)).isEqualTo(light);
    tab.evaluate("document.getElementById('theme').click()");
    assertThat(background(tab)).isEqualTo(dark);
  }

  private static String background(Tab tab) {
    return tab.evaluate("getComputedStyle(document.body).backgroundColor").asText();
  }

  @Test
  void hasSeveralIncreasesToChooseFromAndSaysWhenThereIsNone() {
    Tab tab = open();
    soon("there is none").until(() -> tab.text("#empty").contains("No increase yet"));

    cluster.put(relinking().build());
    cluster.put(new SampleIncrease("before", Phase.Cancelled).build());
    soon("both are there").until(() -> tab.count("#increases button") == 2);
    assertThat(tab.text("#title")).contains("grow");
    tab.evaluate("document.querySelector('[data-uid=uid-before]').click()");
    assertThat(tab.text("#title")).contains("before").contains("Cancelled");

    cluster.remove("before");
    soon("the other one is shown").until(() -> tab.text("#title").contains("grow"));
    assertThat(List.of(tab.text("#increases"))).containsExactly("");
  }
}
