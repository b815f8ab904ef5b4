package dev.ringlift.operator.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.KeptFile;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.PartIndex;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingLayout;
import dev.ringlift.ring.RingParts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ring and builder in a ConfigMap from which agents install the ring: each whole in binaryData, or,
 * where it has no room there, in parts ({@link PartMaps}) of which the map holds the {@linkplain
 * PartIndex index} in data.
 *
 * <p>A write:
 *
 * <ol>
 *   <li>The parts of the new ring and builder are made, beside those of the former.
 *   <li>One patch of the map, under its {@linkplain GuardedMaps guard}, sets what counts of both
 *       files, whole or index, and removes the other.
 *   <li>Parts that no index names any more, and parts of a write that died before 2, get the
 *       increase as owner. They are what the backup's indexes name, and are removed with it.
 * </ol>
 *
 * <p>Invariants, after each API write and after a crash at any:
 *
 * <ul>
 *   <li>The map names one ring and its builder, and every part that it names is there: parts are
 *       made before and never changed.
 *   <li>Who reads by an index gets the file that was meant or none, never a mixture: every part and
 *       the whole are checked by sha256. None is what a reader of a superseded index may get after
 *       its increase was deleted; it then looks at the map again.
 *   <li>No part that the map names has an increase as owner, so that deleting one never takes a
 *       ring away. A former state that somebody put back is freed when it is next read.
 *   <li>What nobody names any more has an owner after the next write or backup.
 * </ul>
 */
public final class HostPathRingStore implements RingStore {
  private final GuardedMaps maps;
  private final ReadFiles readFiles;
  private final PartMaps parts;
  private final JoinedFiles joined;
  private final int partLimit;
  private final String ringFile;
  private final String builderFile;
  private final boolean builderIsThere;

  /**
   * @param partLimit size above which a file goes in parts, and of the parts, in bytes
   * @param joined one for all stores
   */
  HostPathRingStore(
      KubernetesClient client,
      PartitionPowerIncrease increase,
      int partLimit,
      JoinedFiles joined,
      ReadFiles readFiles) {
    RingSource source = increase.getSpec().ring();
    this.maps = new GuardedMaps(client, increase);
    this.parts = new PartMaps(client, increase, maps.owner(), source.configMaps().getFirst());
    this.joined = joined;
    this.readFiles = readFiles;
    this.partLimit = partLimit;
    this.ringFile = RingFileName.ring(increase.getSpec().policyIndex());
    this.builderFile = RingFileName.builder(increase.getSpec().policyIndex());
    this.builderIsThere = source.builder() == RingSource.Builder.Required;
  }

  @Override
  public StoredRing read() {
    try {
      ConfigMap map = maps.read().getFirst();
      byte[] ring = content(map, ringFile, Check.RingReadable);
      return new StoredRing.Pair(
          GuardedMaps.revision(Stream.of(map)),
          Md5.hex(ring),
          parse(map, ringFile, Check.RingReadable, () -> readFiles.ring(ring)),
          builderIsThere ? builder(map) : null,
          new HostPathSizes(
              GuardedMaps.name(map), ringFile, builderFile, partLimit, others(map, files())),
          null);
    } catch (UnusableStoreException e) {
      return e.result();
    }
  }

  private RingBuilder builder(ConfigMap map) throws UnusableStoreException {
    byte[] content = content(map, builderFile, Check.BuilderReadable);
    return parse(map, builderFile, Check.BuilderReadable, () -> readFiles.builder(content));
  }

  private byte[] content(ConfigMap map, String file, Check check) throws UnusableStoreException {
    KeptFile kept =
        parse(map, file, check, () -> kept(map, file))
            .orElseThrow(
                () ->
                    new UnusableStoreException(
                        Check.RingStore,
                        "ConfigMap %s has neither %s nor %s; make it with ringlift ring manifest."
                            .formatted(GuardedMaps.name(map), file, PartIndex.nameFor(file))));
    Optional<PartIndex> index = kept.index();
    return parse(
        map,
        file,
        check,
        () ->
            index.isPresent()
                ? joined.get(place(map, file), index.get(), parts::current)
                : kept.content(parts::current));
  }

  private static String place(ConfigMap map, String file) {
    return "%s/%s/%s".formatted(map.getMetadata().getNamespace(), GuardedMaps.name(map), file);
  }

  private static Optional<KeptFile> kept(ConfigMap map, String file) throws RingFormatException {
    MapEntries entries = MapEntries.of(map);
    return KeptFile.find(
        file,
        key ->
            Optional.ofNullable(entries.binary().get(key))
                .map(MapEntries::decoded)
                .or(
                    () ->
                        Optional.ofNullable(entries.text().get(key))
                            .map(text -> text.getBytes(UTF_8))));
  }

  /** Makes something of a file, or says why that can't be done. */
  private interface Parser<T> {
    T parse() throws RingFormatException;
  }

  private static <T> T parse(ConfigMap map, String file, Check check, Parser<T> parser)
      throws UnusableStoreException {
    try {
      return parser.parse();
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          check,
          "%s in ConfigMap %s is no %s that could be used. %s"
              .formatted(
                  file,
                  GuardedMaps.name(map),
                  check == Check.RingReadable ? "ring" : "builder",
                  e.getMessage()));
    }
  }

  /** What the map holds besides these files. */
  private static long others(ConfigMap map, Set<String> files) {
    MapEntries entries = MapEntries.of(map);
    return entries.size() - entries.only(keys(files)).size();
  }

  private static Set<String> keys(Set<String> files) {
    Set<String> keys = new TreeSet<>();
    for (String file : files) {
      keys.add(file);
      keys.add(PartIndex.nameFor(file));
    }
    return keys;
  }

  private Set<String> files() {
    return builderIsThere ? Set.of(ringFile, builderFile) : Set.of(ringFile);
  }

  @Override
  public void backUp(Revision revision, @Nullable Publication before) throws StoreChangedException {
    ConfigMap map = at(revision);
    try {
      files().forEach(file -> joined.forget(place(map, file)));
      if (builderIsThere) {
        builder(map);
      }
      String md5 = Md5.hex(content(map, ringFile, Check.RingReadable));
      maps.backUp(map, MapEntries.of(map).only(keys(files())), md5, before);
    } catch (UnusableStoreException e) {
      throw new StoreChangedException("The ring store was changed in between.", e);
    }
    parts.release(files(), named(map));
  }

  @Override
  public Optional<Ring> backup(String ringMd5) {
    for (ConfigMap backup : maps.backups(ringMd5)) {
      try {
        Optional<KeptFile> kept = kept(backup, ringFile);
        if (kept.isPresent()) {
          return Optional.of(Ring.read(kept.get().content(parts::part)));
        }
      } catch (RingFormatException e) {
        return Optional.empty(); // somebody has changed it: of no use to anybody
      }
    }
    return Optional.empty();
  }

  @Override
  public void rehearse(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    ConfigMap map = at(revision);
    RingLayout layout = layout(map, ring, builder);
    layout.inParts().values().forEach(parts::rehearse);
    maps.rehearsal().patch(map, entries(layout), replaced(layout));
  }

  @Override
  public Optional<String> write(Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    ConfigMap map = at(revision);
    RingLayout layout = layout(map, ring, builder);
    layout.inParts().values().forEach(parts::create);
    ConfigMap written = maps.patch(map, entries(layout), replaced(layout));
    parts.release(files(), named(written));
    return Optional.empty();
  }

  private RingLayout layout(ConfigMap map, Ring ring, @Nullable RingBuilder builder) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(ringFile, ring.toBytes());
    if (builder != null && builderIsThere) {
      files.put(builderFile, builder.toBytes());
    }
    return RingLayout.of(
        files,
        GuardedMaps.name(map),
        partLimit,
        MapEntries.LIMIT_BYTES - others(map, files.keySet()));
  }

  private static MapEntries entries(RingLayout layout) {
    MapEntries entries = new MapEntries(Map.of(), Map.of());
    for (Map.Entry<String, byte[]> file : layout.whole().entrySet()) {
      entries = entries.and(MapEntries.binary(file.getKey(), file.getValue()));
    }
    for (Map.Entry<String, RingParts> file : layout.inParts().entrySet()) {
      String index = new String(file.getValue().index().toBytes(), US_ASCII);
      entries = entries.and(MapEntries.text(PartIndex.nameFor(file.getKey()), index));
    }
    return entries;
  }

  /** The keys of the way in which a file is not kept. */
  private static Set<String> replaced(RingLayout layout) {
    Set<String> keys = new TreeSet<>(layout.inParts().keySet());
    layout.whole().keySet().forEach(file -> keys.add(PartIndex.nameFor(file)));
    return keys;
  }

  /** The places that the map's indexes name. */
  private Set<String> named(ConfigMap map) {
    Set<String> places = new TreeSet<>();
    for (String file : files()) {
      try {
        kept(map, file)
            .flatMap(KeptFile::index)
            .ifPresent(index -> index.parts().forEach(part -> places.add(part.where())));
      } catch (RingFormatException e) {
        throw new IllegalStateException("It was read, or written, just before", e);
      }
    }
    return places;
  }

  private ConfigMap at(Revision revision) throws StoreChangedException {
    try {
      ConfigMap map = maps.read().getFirst();
      if (GuardedMaps.revision(Stream.of(map)).equals(revision)) {
        return map;
      }
      throw new StoreChangedException(
          "ConfigMap " + GuardedMaps.name(map) + " was changed in between.");
    } catch (UnusableStoreException e) {
      throw new StoreChangedException("The ring store was changed in between.", e);
    }
  }
}
