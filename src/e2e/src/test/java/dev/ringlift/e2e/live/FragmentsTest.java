package dev.ringlift.e2e.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.e2e.live.Content.Present;
import dev.ringlift.e2e.live.Fragments.Place;
import dev.ringlift.e2e.live.Fragments.Stored;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the judge of fragments holds against what it is shown. */
class FragmentsTest {
  private static final String TIME = "1700000000.00000";

  private final LiveObject object = new LiveObject(LiveObjects.CODED, "object");

  @Test
  void eachFragmentInItsPlaceIsAsPromised() {
    object.promise(new Present("body", "blue"));

    assertThat(Fragments.wrong(object, stored("body", whole(0), whole(1), whole(2)))).isEmpty();
  }

  @Test
  void aFragmentOfAnotherPlaceIsNot() {
    object.promise(new Present("body", "blue"));

    assertWrong("not only its fragment", whole(0), whole(1), place(2, TIME + "#1#d.data"));
  }

  @Test
  void oneThatIsNotDurableIsNot() {
    object.promise(new Present("body", "blue"));

    assertWrong("not only its fragment", whole(0), whole(1), place(2, TIME + "#2.data"));
  }

  @Test
  void asMuchAsOneFragmentMayNotLack() {
    object.promise(new Present("body", "blue"));

    assertWrong("promised", whole(0), whole(1), new Place("z3/d1", 2, "missing", List.of(), ""));
  }

  @Test
  void fragmentsOfAnEarlierBodyAreNot() {
    object.promise(new Present("body", "blue"));

    assertThat(Fragments.wrong(object, stored("before", whole(0), whole(1), whole(2))))
        .singleElement()
        .asString()
        .contains("another object");
  }

  @Test
  void whatWasDeletedMayBeNowhere() {
    object.promise(Content.ABSENT);
    List<String> tombstone = List.of(TIME + ".ts");
    Place deleted = new Place("z1/d1", 0, "deleted", tombstone, "");

    assertThat(Fragments.wrong(object, new Stored(List.of(deleted, deleted), List.of()))).isEmpty();
    assertThat(Fragments.wrong(object, new Stored(List.of(deleted, whole(1)), List.of())))
        .singleElement()
        .asString()
        .contains("back from the dead");
  }

  private static Place whole(int index) {
    return place(index, TIME + "#" + index + "#d.data");
  }

  private static Place place(int index, String data) {
    return new Place("z/d" + index, index, "present", List.of(data, TIME + ".meta"), "blue");
  }

  private static Stored stored(String body, Place... places) {
    return new Stored(List.of(places), List.of(body, body, body));
  }

  private void assertWrong(String what, Place... places) {
    List<String> wrong = new ArrayList<>(Fragments.wrong(object, stored("body", places)));
    assertThat(wrong).singleElement().asString().contains(what);
  }
}
