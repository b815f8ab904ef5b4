package dev.ringlift.agent.delivery;

import dev.ringlift.agent.node.RingDirectory;
import dev.ringlift.agent.node.SeenRing;
import dev.ringlift.api.v1alpha1.ApiConstants;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingProblem;
import dev.ringlift.ring.KeptFile;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingInstaller;
import dev.ringlift.ring.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the object rings of the ring directory equal to those in ConfigMaps, as far as {@link
 * RingInstaller} lets one file take the place of another; what is not installed is told with the
 * reason. Nothing is ever removed: a ring that is in no map any more stays.
 *
 * <p>Level-based: each turn holds what the maps hold against what the files hold. An idle turn
 * costs one stat for each ring. What can't be installed is tried again when map or file change, and
 * from time to time.
 *
 * <p>{@link #turn} is for one thread, {@link #problems} for any.
 */
public final class RingDelivery {
  private static final Logger LOG = Logger.getLogger(RingDelivery.class);
  private static final Duration RETRY = Duration.ofSeconds(30);

  private final List<String> names;
  private final RingMaps maps;
  private final RingDirectory directory;
  private final RingInstaller installer;
  private final InstantSource clock;
  private final Instant start;
  private final Map<String, Attempt> attempts = new HashMap<>();
  private volatile List<RingProblem> problems = List.of();

  /**
   * What was last tried with a file.
   *
   * @param wanted what was to be installed
   * @param meant md5s that were meant over newer rings then
   * @param md5 of the file afterwards; empty where there is none
   * @param problem why it was not installed, or null
   * @param at when
   */
  private record Attempt(
      KeptFile wanted, Set<String> meant, String md5, @Nullable String problem, Instant at) {

    boolean stands(KeptFile nowWanted, Set<String> nowMeant, String nowMd5, Instant now) {
      return wanted.sameAs(nowWanted)
          && meant.equals(nowMeant)
          && md5.equals(nowMd5)
          && (problem == null || now.isBefore(at.plus(RETRY)));
    }
  }

  /**
   * @param names of the ConfigMaps
   */
  public RingDelivery(
      List<String> names,
      RingMaps maps,
      RingDirectory directory,
      RingInstaller installer,
      InstantSource clock) {
    this.names = List.copyOf(names);
    this.maps = maps;
    this.directory = directory;
    this.installer = installer;
    this.clock = clock;
    this.start = clock.instant();
  }

  /** What is not as it should be, as the last turn found it. */
  public List<RingProblem> problems() {
    return problems;
  }

  /** Installs what is new; returns whether that, or what is wrong, is other than before. */
  public boolean turn() {
    List<RingProblem> found = new ArrayList<>();
    Set<String> delivered = new HashSet<>();
    boolean news = false;
    for (String name : names) {
      Optional<RingMap> map = maps.map(name);
      if (map.isEmpty()) {
        missing(name).ifPresent(found::add);
        continue;
      }
      for (Map.Entry<String, RingFileName> ring : map.get().rings().entrySet()) {
        String file = ring.getKey();
        if (!delivered.add(file)) {
          found.add(new RingProblem(file, name, "It is in another ConfigMap too, which counts."));
          continue;
        }
        Attempt before = attempts.get(file);
        try {
          Attempt now = attempt(before, ring.getValue(), name, map.get());
          attempts.put(file, now);
          news |= !now.equals(before);
          if (now.problem() != null) {
            found.add(new RingProblem(file, name, now.problem()));
          }
        } catch (RingFormatException e) {
          found.add(new RingProblem(file, name, e.getMessage()));
        }
      }
    }
    news |= !found.equals(problems);
    problems = List.copyOf(found);
    return news;
  }

  private Optional<RingProblem> missing(String map) {
    if (maps.known(map)) {
      return Optional.of(new RingProblem(null, map, "There is no such ConfigMap."));
    }
    return clock.instant().isBefore(start.plus(RETRY))
        ? Optional.empty()
        : Optional.of(
            new RingProblem(
                null,
                map,
                "The ConfigMap could not be read yet; see whether the agent may get, list and watch"
                    + " it."));
  }

  private Attempt attempt(@Nullable Attempt before, RingFileName name, String mapName, RingMap map)
      throws RingFormatException {
    KeptFile wanted =
        KeptFile.find(name.fileName(), map::value)
            .orElseThrow(() -> new IllegalStateException("a ring that was listed is there"));
    Instant now = clock.instant();
    if (before != null && before.stands(wanted, map.meant(), md5(name), now)) {
      return before;
    }
    @Nullable String problem = install(name, wanted, mapName, map.meant());
    return new Attempt(wanted, map.meant(), md5(name), problem, now);
  }

  private String md5(RingFileName name) {
    return directory.ofPolicy(name.policyIndex()).map(SeenRing::md5).orElse("");
  }

  /** Returns why it is not installed, or null where it now is. */
  private @Nullable String install(
      RingFileName name, KeptFile wanted, String mapName, Set<String> meant) {
    if (wanted.index().filter(index -> isThere(name, index)).isPresent()) {
      return null; // an agent that starts anew fetches no parts of what is there
    }
    try {
      byte[] content = wanted.content(maps::part);
      String md5 = Md5.hex(content);
      return switch (installer.install(directory.path(), name, content, meant.contains(md5))) {
        case RingInstaller.Unchanged unchanged -> null;
        case RingInstaller.Installed installed -> {
          LOG.infof("%s of ConfigMap %s is installed: %s", name.fileName(), mapName, md5);
          yield null;
        }
        case RingInstaller.Kept kept -> kept.problem();
        case RingInstaller.Outdated outdated ->
            "%s If it is meant nevertheless, annotate ConfigMap %s with %s=%s."
                .formatted(
                    outdated.problem(), mapName, ApiConstants.ANNOTATION_INSTALL_OVER_NEWER, md5);
      };
    } catch (RingFormatException | RingMaps.PartsUnavailable e) {
      return e.getMessage();
    }
  }

  private boolean isThere(RingFileName name, PartIndex index) {
    Path file = directory.path().resolve(name.fileName());
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) == index.size()
          && Sha256.hex(Files.readAllBytes(file)).equals(index.sha256());
    } catch (IOException e) {
      return false; // what is wrong with it is told by who tries to replace it
    }
  }
}
