package dev.ringlift.operator.store;

import static java.util.stream.Collectors.joining;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.PartitionPowerIncreaseStatus.Publication;
import dev.ringlift.api.v1alpha1.RingSource;
import dev.ringlift.operator.plan.Check;
import dev.ringlift.operator.plan.StoredRing;
import dev.ringlift.operator.plan.StoredRing.Export;
import dev.ringlift.operator.plan.StoredRing.Revision;
import dev.ringlift.ring.Md5;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFileName;
import dev.ringlift.ring.RingFormatException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ring and builder as values of ConfigMaps: both in one, or each in another; each is found in
 * whichever of the named maps has its key. How the ring stands there is its {@link RingForm}; the
 * builder is in binaryData.
 *
 * <p>A write, each patch under the {@linkplain GuardedMaps guard} of the map that it changes:
 *
 * <ol>
 *   <li>Where ring and builder share a map: one patch of both.
 *   <li>Else a patch of the builder, then one of the ring. Between the two there is a builder that
 *       is ahead of its ring: what is loaded is still the former ring, and no ring that could come
 *       from this builder brings an older power back.
 * </ol>
 */
public final class ConfigMapRingStore implements RingStore {
  private final GuardedMaps maps;
  private final ReadFiles readFiles;
  private final RingForm form;
  private final boolean export;
  private final boolean builderIsThere;
  private final String ringFile;
  private final String ringKey;
  private final String builderKey;

  ConfigMapRingStore(
      KubernetesClient client, PartitionPowerIncrease increase, ReadFiles readFiles) {
    RingSource source = increase.getSpec().ring();
    this.maps = new GuardedMaps(client, increase);
    this.readFiles = readFiles;
    this.form = RingForm.of(source);
    this.export = source.type() == RingSource.Type.External;
    this.builderIsThere = source.builder() == RingSource.Builder.Required;
    this.ringFile = RingFileName.ring(increase.getSpec().policyIndex());
    this.ringKey = form.key(ringFile);
    this.builderKey = RingFileName.builder(increase.getSpec().policyIndex());
  }

  /** Which maps have ring and builder. */
  private record Places(ConfigMap ring, @Nullable ConfigMap builder) {

    Revision revision() {
      return GuardedMaps.revision(Stream.of(ring, builder).filter(Objects::nonNull));
    }

    boolean shared() {
      return builder != null && GuardedMaps.name(ring).equals(GuardedMaps.name(builder));
    }
  }

  @Override
  public StoredRing read() {
    try {
      return parse(find());
    } catch (UnusableStoreException e) {
      return e.result();
    }
  }

  private Places find() throws UnusableStoreException {
    List<ConfigMap> all = maps.read();
    ConfigMap ring = holder(all, ringKey, form.isText());
    if (builderIsThere) {
      return new Places(ring, holder(all, builderKey, false));
    }
    for (ConfigMap map : all) {
      if (MapEntries.of(map).binary().containsKey(builderKey)) {
        throw new UnusableStoreException(
            Check.RingStore,
            ("The builder is said to be Absent, but ConfigMap %s has %s, which would be left behind."
                    + " Take it out of there, or make an increase whose builder is Required.")
                .formatted(GuardedMaps.name(map), builderKey));
      }
    }
    return new Places(ring, null);
  }

  private ConfigMap holder(List<ConfigMap> all, String key, boolean text)
      throws UnusableStoreException {
    List<ConfigMap> holders = all.stream().filter(map -> keys(map, text).contains(key)).toList();
    if (holders.isEmpty()) {
      throw new UnusableStoreException(Check.RingStore, missing(all, key, text));
    }
    if (holders.size() > 1) {
      throw new UnusableStoreException(
          Check.RingStore,
          "More than one ConfigMap has the key %s: %s. Take it out of those that nobody loads it from."
              .formatted(key, holders.stream().map(GuardedMaps::name).collect(joining(", "))));
    }
    return holders.getFirst();
  }

  private static Set<String> keys(ConfigMap map, boolean text) {
    MapEntries entries = MapEntries.of(map);
    return new TreeSet<>((text ? entries.text() : entries.binary()).keySet());
  }

  private String missing(List<ConfigMap> all, String key, boolean text) {
    String section = text ? "data" : "binaryData";
    String found =
        all.stream()
            .map(map -> found(map, key, text, all.size() == 1 ? "it" : GuardedMaps.name(map)))
            .collect(joining("; "));
    String names = all.stream().map(GuardedMaps::name).collect(joining(", "));
    String sentence =
        all.size() == 1
            ? "ConfigMap %s has no %s key %s: %s.".formatted(names, section, key, found)
            : "None of the ConfigMaps %s has the %s key %s: %s."
                .formatted(names, section, key, found);
    return key.equals(builderKey)
        ? sentence + " If you keep the builder elsewhere, say builder: Absent."
        : sentence;
  }

  private static String found(ConfigMap map, String key, boolean text, String name) {
    if (keys(map, !text).contains(key)) {
      return text
          ? name + " has that key under binaryData, not as text"
          : name
              + " has that key under data, as text; put the file there with kubectl create"
              + " configmap --from-file";
    }
    Set<String> keys = keys(map, text);
    return name + " has " + (keys.isEmpty() ? "none" : String.join(", ", keys));
  }

  private StoredRing parse(Places places) throws UnusableStoreException {
    byte[] file = ringBytes(places);
    return new StoredRing.Pair(
        places.revision(),
        Md5.hex(file),
        readRing(file, GuardedMaps.name(places.ring())),
        places.builder() == null ? null : readBuilder(places.builder()),
        sizes(places),
        export ? new Export(GuardedMaps.name(places.ring()), ringKey) : null);
  }

  private byte[] ringBytes(Places places) throws UnusableStoreException {
    return form.file(ringFile, MapEntries.of(places.ring()), GuardedMaps.name(places.ring()));
  }

  private Ring readRing(byte[] file, String mapName) throws UnusableStoreException {
    try {
      return readFiles.ring(file);
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          Check.RingReadable,
          "%s in ConfigMap %s is no ring that could be used. %s"
              .formatted(ringKey, mapName, e.getMessage()));
    }
  }

  private RingBuilder readBuilder(ConfigMap map) throws UnusableStoreException {
    try {
      String value = Objects.requireNonNull(map.getBinaryData().get(builderKey), builderKey);
      return readFiles.builder(MapEntries.decoded(value));
    } catch (RingFormatException e) {
      throw new UnusableStoreException(
          Check.BuilderReadable,
          "%s in ConfigMap %s is no builder that could be used. %s"
              .formatted(builderKey, GuardedMaps.name(map), e.getMessage()));
    }
  }

  private ConfigMapSizes sizes(Places places) {
    ConfigMapSizes.Part ring = part(places.ring(), keysInTheRingsMap(places));
    ConfigMap builder = places.builder();
    return new ConfigMapSizes(
        form,
        ringFile,
        ring,
        builder == null || places.shared() ? ring : part(builder, Set.of(builderKey)));
  }

  private static ConfigMapSizes.Part part(ConfigMap map, Set<String> ours) {
    MapEntries entries = MapEntries.of(map);
    return new ConfigMapSizes.Part(
        GuardedMaps.name(map), entries.size() - entries.only(ours).size());
  }

  /** The keys that this store has written, or will write, in the ring's map. */
  private Set<String> keysInTheRingsMap(Places places) {
    Set<String> keys = new TreeSet<>(form.keys(ringFile));
    if (places.shared()) {
      keys.add(builderKey);
    }
    return keys;
  }

  @Override
  public void backUp(Revision revision, @Nullable Publication before) throws StoreChangedException {
    Places places = places(revision);
    try {
      byte[] file = ringBytes(places);
      String md5 = Md5.hex(file);
      Ring ring = readRing(file, GuardedMaps.name(places.ring()));
      MapEntries entries =
          MapEntries.of(places.ring())
              .only(keysInTheRingsMap(places))
              .and(form.description(ringFile, md5, ring));
      maps.backUp(places.ring(), entries, md5, before);
      if (places.builder() != null && !places.shared()) {
        MapEntries builder = MapEntries.of(places.builder()).only(Set.of(builderKey));
        maps.backUp(places.builder(), builder, md5, before);
      }
    } catch (UnusableStoreException e) {
      throw new IllegalStateException("It was usable at this very revision", e);
    }
  }

  @Override
  public Optional<Ring> backup(String ringMd5) {
    for (ConfigMap backup : maps.backups(ringMd5)) {
      if (keys(backup, form.isText()).contains(ringKey)) {
        try {
          return Optional.of(
              readRing(
                  form.file(ringFile, MapEntries.of(backup), GuardedMaps.name(backup)),
                  GuardedMaps.name(backup)));
        } catch (UnusableStoreException e) {
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
    patch(maps, revision, ring, builder);
    return Optional.empty();
  }

  private void patch(
      GuardedMaps patched, Revision revision, Ring ring, @Nullable RingBuilder builder)
      throws StoreChangedException {
    Places places = places(revision);
    MapEntries entries = form.entries(ringFile, ring);
    if (builder != null && places.builder() != null) {
      MapEntries builderEntries = MapEntries.binary(builderKey, builder.toBytes());
      if (places.shared()) {
        entries = entries.and(builderEntries);
      } else {
        patched.patch(places.builder(), builderEntries);
      }
    }
    patched.patch(places.ring(), entries);
  }

  /** Where all is, if nothing has changed since that revision. */
  private Places places(Revision revision) throws StoreChangedException {
    try {
      Places places = find();
      if (places.revision().equals(revision)) {
        return places;
      }
      throw new StoreChangedException(
          "The ring store was changed in between: it is %s, not %s."
              .formatted(places.revision().token(), revision.token()));
    } catch (UnusableStoreException e) {
      throw new StoreChangedException(
          "The ring store was changed in between: " + e.getMessage(), e);
    }
  }
}
