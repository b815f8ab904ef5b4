package dev.ringlift.operator.store;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoreSizes.PartSize;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingArchive;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ConfigMap of openstack-k8s-operators/swift-operator: the ring in binaryData under its own
 * name, as pods mount it, and {@code swiftrings.tar.gz}, with all builders, all rings once more,
 * and {@code backups/}. From the tar's builder its Job makes the next ring, and nodes outside of
 * Kubernetes unpack it over the rings: so both always say the same.
 *
 * <p>A write:
 *
 * <ol>
 *   <li>What is there must be of the revision that was decided on, and no Job may be at work: it
 *       would have read the former rings, and lose what it did to them, in silence.
 *   <li>In the tar the former ring and builder go to {@code backups/}, and the new ones take their
 *       places. Only if all would be too large for a ConfigMap, the oldest backups are dropped, no
 *       more than need be.
 *   <li>Ring and tar are written in one patch under the {@linkplain GuardedMaps guard} of the map.
 * </ol>
 *
 * <p>Invariants: at every moment, a crash included, ring and tar say the same; all other keys, the
 * labels, owners and finalizers of the map, and all members of the tar but these two and dropped
 * backups are what they were. A Job that begins behind the first step reads what was written, or is
 * refused by the API server.
 */
public final class SwiftOperatorRingStore implements RingStore {
  private static final String TAR = "swiftrings.tar.gz";

  private final GuardedMaps maps;
  private final ReadFiles readFiles;
  private final RebalanceJobs jobs;
  private final Clock clock;
  private final String name;
  private final String ringFile;
  private final String builderFile;

  SwiftOperatorRingStore(
      KubernetesClient client, PartitionPowerIncrease increase, Clock clock, ReadFiles readFiles) {
    this.maps = new GuardedMaps(client, increase);
    this.readFiles = readFiles;
    this.jobs = new RebalanceJobs(client, increase.getMetadata().getNamespace());
    this.clock = clock;
    this.name = increase.getSpec().ring().configMaps().getFirst();
    this.ringFile = RingFileName.ring(increase.getSpec().policyIndex());
    this.builderFile = RingFileName.builder(increase.getSpec().policyIndex());
  }

  /**
   * What is in the map; the ring is the one in the tar, too.
   *
   * @param otherBytes what is in it besides ring and tar
   */
  private record Content(ConfigMap map, RingArchive archive, long otherBytes) {

    Revision revision() {
      return GuardedMaps.revision(Stream.of(map));
    }

    byte[] file(String member) {
      return archive.content(member).orElseThrow();
    }
  }

  @Override
  public StoredRing read() {
    try {
      Optional<String> job = activeJob();
      if (job.isPresent()) {
        return new StoredRing.Busy(
            ("Job %s of swift-operator is at work on ConfigMap %s. Nothing is changed before it has"
                    + " ended; if it does not, see its pods.")
                .formatted(job.get(), name));
      }
      return parse(content());
    } catch (UnusableStoreException e) {
      return e.result();
    }
  }

  private Optional<String> activeJob() throws UnusableStoreException {
    try {
      return jobs.active(name);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      throw new UnusableStoreException(
          Check.RingStore,
          "Ringlift may not list Jobs, and can't see whether one of swift-operator is at work: let"
              + " its role get and list batch/jobs.");
    }
  }

  private Content content() throws UnusableStoreException {
    ConfigMap map = maps.read().getFirst();
    MapEntries entries = MapEntries.of(map);
    for (String key : List.of(ringFile, TAR)) {
      if (!entries.binary().containsKey(key)) {
        throw new UnusableStoreException(Check.RingStore, missing(key, entries));
      }
    }
    byte[] ring = MapEntries.decoded(entries.binary().getOrDefault(ringFile, ""));
    RingArchive archive = archive(MapEntries.decoded(entries.binary().getOrDefault(TAR, "")));
    member(archive, builderFile);
    if (!Arrays.equals(ring, member(archive, ringFile))) {
      throw new UnusableStoreException(
          Check.RingReadable,
          ("ConfigMap %s has two rings %s: the one under that key is not the one in its %s, and"
                  + " nobody can tell which is meant. Let swift-operator's Job run once more, or put"
                  + " the right one in both places.")
              .formatted(name, ringFile, TAR));
    }
    long others = entries.size() - entries.only(Set.of(ringFile, TAR)).size();
    return new Content(map, archive, others);
  }

  private String missing(String key, MapEntries entries) {
    return ("ConfigMap %s has no binaryData key %s: it has %s. swift-operator's Job puts it there; where"
            + " you make the rings yourself, say type: ConfigMap.")
        .formatted(
            name, key, entries.keys().isEmpty() ? "none" : String.join(", ", entries.keys()));
  }

  private RingArchive archive(byte[] tar) throws UnusableStoreException {
    try {
      return RingArchive.read(tar);
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          Check.BuilderReadable,
          "%s in ConfigMap %s can't be used. %s".formatted(TAR, name, e.getMessage()));
    }
  }

  private byte[] member(RingArchive archive, String file) throws UnusableStoreException {
    return archive
        .content(file)
        .orElseThrow(
            () ->
                new UnusableStoreException(
                    Check.BuilderReadable,
                    "%s in ConfigMap %s holds no %s: it has %d other members."
                        .formatted(TAR, name, file, archive.names().size())));
  }

  private StoredRing parse(Content content) throws UnusableStoreException {
    Ring ring;
    try {
      ring = readFiles.ring(content.file(ringFile));
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          Check.RingReadable,
          "%s in ConfigMap %s is no ring that could be used. %s"
              .formatted(ringFile, name, e.getMessage()));
    }
    try {
      return new StoredRing.Pair(
          content.revision(),
          Md5.hex(content.file(ringFile)),
          ring,
          readFiles.builder(content.file(builderFile)),
          (newRing, newBuilder) -> List.of(size(content, newRing, newBuilder)),
          null);
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          Check.BuilderReadable,
          "%s in ConfigMap %s, in its %s, is no builder that could be used. %s"
              .formatted(builderFile, name, TAR, e.getMessage()));
    }
  }

  /** Backups give way to what is larger, so that it is too large only if it is without them. */
  private PartSize size(Content content, Ring ring, @Nullable RingBuilder builder) {
    byte[] ringBytes = ring.toBytes();
    byte[] tar = fitting(content, changed(content, ringBytes, builder), ringBytes).toBytes();
    return new PartSize(
        "ConfigMap " + name,
        content.otherBytes() + ringBytes.length + tar.length,
        MapEntries.LIMIT_BYTES);
  }

  /** The tar with the new files in the places of the former, and these among the backups. */
  private RingArchive changed(Content content, byte[] ring, @Nullable RingBuilder builder) {
    RingArchive changed =
        content
            .archive()
            .withBackup(builderFile, clock.instant())
            .withBackup(ringFile, clock.instant())
            .with(ringFile, ring);
    return builder == null ? changed : changed.with(builderFile, builder.toBytes());
  }

  @Override
  public void backUp(Revision revision, @Nullable Publication before) throws StoreChangedException {
    Content content = content(revision);
    maps.backUp(
        content.map(),
        MapEntries.of(content.map()).only(Set.of(ringFile, TAR)),
        Md5.hex(content.file(ringFile)),
        before);
  }

  @Override
  public Optional<Ring> backup(String ringMd5) {
    for (ConfigMap backup : maps.backups(ringMd5)) {
      String ring = MapEntries.of(backup).binary().get(ringFile);
      if (ring != null) {
        try {
          return Optional.of(Ring.read(MapEntries.decoded(ring)));
        } catch (RingFormatException e) {
          return Optional.empty(); // somebody has changed it: of no use to anybody
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public void rehearse(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    patch(maps.rehearsal(), revision, ring, builder);
  }

  @Override
  public Optional<String> write(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    return patch(maps, revision, ring, builder);
  }

  private Optional<String> patch(
      GuardedMaps patched, Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    Content content = content(revision);
    Optional<String> job = jobs.active(name);
    if (job.isPresent()) {
      throw new StoreChangedException(
          "Job %s of swift-operator is at work on ConfigMap %s.".formatted(job.get(), name));
    }
    byte[] ringBytes = ring.toBytes();
    RingArchive changed = changed(content, ringBytes, builder);
    RingArchive fitting = fitting(content, changed, ringBytes);
    patched.patch(
        content.map(),
        MapEntries.binary(ringFile, ringBytes).and(MapEntries.binary(TAR, fitting.toBytes())));
    int dropped = changed.backups() - fitting.backups();
    return dropped == 0
        ? Optional.empty()
        : Optional.of(
            "A ConfigMap has no room for them all: the oldest %d of %d files in backups/ of %s in ConfigMap %s were dropped."
                .formatted(dropped, changed.backups(), TAR, name));
  }

  /**
   * Without as many of the oldest backups as are too many: found by halving, since each try
   * compresses it all. Where even none of them leaves room enough, the API server refuses it.
   */
  private static RingArchive fitting(Content content, RingArchive archive, byte[] ring) {
    long room = MapEntries.LIMIT_BYTES - content.otherBytes() - ring.length;
    int fewest = 0;
    int most = archive.backups();
    while (fewest < most) {
      int middle = (fewest + most) / 2;
      if (archive.withoutOldestBackups(middle).toBytes().length <= room) {
        most = middle;
      } else {
        fewest = middle + 1;
      }
    }
    return archive.withoutOldestBackups(most);
  }

  /** What is there, if nothing has changed since that revision. */
  private Content content(Revision revision) throws StoreChangedException {
    try {
      Content content = content();
      if (content.revision().equals(revision)) {
        return content;
      }
      throw new StoreChangedException("ConfigMap " + name + " was changed in between.");
    } catch (UnusableStoreException e) {
      throw new StoreChangedException(
          "ConfigMap " + name + " was changed in between. " + e.getMessage(), e);
    }
  }
}
