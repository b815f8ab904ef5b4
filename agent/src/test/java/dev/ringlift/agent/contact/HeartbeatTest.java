package dev.ringlift.agent.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.agent.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private final FakeClock clock = new FakeClock();
  private final ApiContact contact = new ApiContact(Duration.ofSeconds(40), clock::nanoTime);
  private Duration answerTakes = Duration.ZERO;
  private boolean cutOff;

  @Test
  void theLeaseCountsFromWhenItsRenewalWasBegun() {
    answerTakes = Duration.ofSeconds(3);
    heartbeat().beat();

    assertThat(contact.age()).isEqualTo(Duration.ofSeconds(3));
    clock.advance(Duration.ofSeconds(37));
    assertThat(contact.fresh()).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(contact.fresh()).isFalse();
  }

  @Test
  void aRenewalThatFailsDoesNotCount() {
    assertThat(contact.ever()).isFalse();
    cutOff = true;

    assertThatThrownBy(() -> heartbeat().beat()).isInstanceOf(IllegalStateException.class);

    assertThat(contact.ever()).isFalse();
    assertThat(contact.fresh()).isFalse();
  }

  @Test
  void pausesAreSpreadAroundTheInterval() {
    Heartbeat heartbeat = heartbeat();

    for (int beat = 0; beat < 100; beat++) {
      assertThat(heartbeat.pause()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
    }
    assertThat(heartbeat.pause()).isNotEqualTo(heartbeat.pause());
  }

  @Test
  void aRenewalThatFailedIsTriedAgainSoon() {
    Heartbeat heartbeat = heartbeat();
    cutOff = true;
    assertThatThrownBy(heartbeat::beat).isInstanceOf(IllegalStateException.class);
    assertThat(heartbeat.pause()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));

    cutOff = false;
    heartbeat.beat();
    assertThat(heartbeat.pause()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
  }

  private Heartbeat heartbeat() {
    return new Heartbeat(
        new LeaseApi() {
          @Override
          public void renew(String holder, Instant now, Duration duration) {
            clock.advance(answerTakes);
            if (cutOff) {
              throw new IllegalStateException("cut off");
            }
          }

          @Override
          public void release(String holder, Instant now) {}
        },
        contact,
        "node-1_x",
        Duration.ofSeconds(10),
        clock,
        new Random(7));
  }
}
