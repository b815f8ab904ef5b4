package dev.ringlift.e2e.live;

import dev.ringlift.e2e.live.Content.Present;
import dev.ringlift.e2e.live.LiveClient.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A client that works on some objects, which no other works on, one request after the other, each
 * through any of the proxies. What it finds wrong it leaves alone, but for asking again and again,
 * until every proxy finds what was promised.
 */
final class LiveWorker {
  private static final List<String> COLOURS = List.of("red", "green", "blue", "white", "black");

  private final LiveClient client;
  private final List<Proxy> proxies;
  private final List<LiveObject> objects;
  private final Ledger ledger;
  private final Random random;
  private final List<Contradiction> open = new ArrayList<>();

  /**
   * A client.
   *
   * @param seed of what it does, in which order
   */
  LiveWorker(
      LiveClient client, List<Proxy> proxies, List<LiveObject> objects, Ledger ledger, long seed) {
    this.client = client;
    this.proxies = List.copyOf(proxies);
    this.objects = List.copyOf(objects);
    this.ledger = ledger;
    this.random = new Random(seed);
  }

  /** One request; two after a write, half of the time; and those for what was wrong. */
  void turn() {
    askAgain();
    LiveObject object = objects.get(random.nextInt(objects.size()));
    if (isOpen(object)) {
      return;
    }
    Optional<Present> there = object.certain();
    int dice = random.nextInt(100);
    if (there.isEmpty() ? dice < 60 : dice < 25) {
      put(object);
    } else if (there.isEmpty() || dice >= 60) {
      get(object, any());
      return;
    } else if (dice < 45) {
      post(object, there.get());
    } else {
      delete(object);
    }
    if (random.nextBoolean() && !isOpen(object)) {
      get(object, any());
    }
  }

  private Proxy any() {
    return proxies.get(random.nextInt(proxies.size()));
  }

  private boolean isOpen(LiveObject object) {
    return open.stream().anyMatch(contradiction -> contradiction.object() == object);
  }

  private void put(LiveObject object) {
    Proxy proxy = any();
    String body = object.nextBody();
    Answer answer = client.put(proxy, object, body);
    written("PUT by " + proxy.name(), object, answer, 201, new Present(body, ""));
  }

  private void post(LiveObject object, Present there) {
    Proxy proxy = any();
    String colour = COLOURS.get(random.nextInt(COLOURS.size()));
    Answer answer = client.post(proxy, object, colour);
    written("POST by " + proxy.name(), object, answer, 202, new Present(there.body(), colour));
  }

  private void delete(LiveObject object) {
    Proxy proxy = any();
    Answer answer = client.delete(proxy, object);
    written("DELETE by " + proxy.name(), object, answer, 204, Content.ABSENT);
  }

  private void written(
      String request, LiveObject object, Answer answer, int success, Content content) {
    ledger.count(request, object, answer);
    if (answer.status() == success) {
      object.promise(content);
      return;
    }
    if (!answer.failed()) {
      contradiction(request, object, answer);
    }
    // A DELETE that found nothing leaves its tombstone all the same.
    object.allow(content);
  }

  private void get(LiveObject object, Proxy proxy) {
    String request = "GET by " + proxy.name();
    Answer answer = client.get(proxy, object);
    ledger.count(request, object, answer);
    if (!answer.failed() && !object.mayBe(answer.content())) {
      contradiction(request, object, answer);
    }
  }

  private void contradiction(String request, LiveObject object, Answer answer) {
    Contradiction found =
        new Contradiction(request, object, object.promised(), object.since(), answer);
    ledger.contradiction(found);
    open.add(found);
  }

  private void askAgain() {
    for (Iterator<Contradiction> each = open.iterator(); each.hasNext(); ) {
      Contradiction contradiction = each.next();
      Optional<Content> agreed = agreed(contradiction.object());
      if (agreed.isPresent() && contradiction.object().mayBe(agreed.get())) {
        contradiction.object().settle(agreed.get());
        contradiction.mend();
        each.remove();
      }
    }
  }

  /** What every proxy finds, if that is the same. */
  private Optional<Content> agreed(LiveObject object) {
    Set<Content> found = new HashSet<>();
    for (Proxy proxy : proxies) {
      Answer answer = client.get(proxy, object);
      ledger.count("GET again by " + proxy.name(), object, answer);
      if (answer.failed()) {
        return Optional.empty();
      }
      found.add(answer.content());
    }
    return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
  }

  /** Asks for each object once, through any proxy. */
  void readAll() {
    askAgain();
    for (LiveObject object : objects) {
      if (!isOpen(object)) {
        get(object, any());
      }
    }
  }
}
