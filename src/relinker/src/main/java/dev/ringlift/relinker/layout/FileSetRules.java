package dev.ringlift.relinker.layout;

import dev.ringlift.relinker.ObjectPolicy;
import dev.ringlift.relinker.layout.FileName.Extension;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a hash dir still matter, by the rules of Swift's diskfile managers.
 *
 * <ol>
 *   <li>The newest tombstone makes everything of its time or before obsolete, and all older
 *       tombstones.
 *   <li>Of the {@code .meta} files the newest stays, and one more when its content type is newer
 *       than that one's.
 *   <li>Replication: the newest {@code .data} makes older ones obsolete, and all else of its time
 *       or before.
 *   <li>Erasure coding: the newest durable set of fragments (marked in a name, or by a legacy
 *       {@code .durable}) makes everything before it obsolete; newer sets, which are not durable,
 *       stay; a {@code .durable} without data is obsolete.
 * </ol>
 */
public final class FileSetRules {
  private static final Comparator<FileName> NEWEST_FIRST =
      Comparator.comparing(FileName::timestamp).reversed();
  private static final Timestamp NEVER = new Timestamp(-1, 0);

  private final ObjectPolicy policy;

  public FileSetRules(ObjectPolicy policy) {
    this.policy = policy;
  }

  /** Takes a name apart as this policy has it; null when it is none of Swift's. */
  public @Nullable FileName parse(byte[] name) {
    return switch (policy.kind()) {
      case REPLICATION -> FileName.replicated(name);
      case ERASURE_CODING -> FileName.erasureCoded(name, policy.fragments());
    };
  }

  /**
   * Decides over files that all have names of Swift's. Of equals (the same time twice) the first
   * given comes first.
   */
  public FileSet decide(List<FileName> files) {
    if (files.isEmpty()) {
      return FileSet.EMPTY;
    }
    if (files.size() == 1) {
      FileSet usual = decideSingle(files.getFirst());
      if (usual != null) {
        return usual;
      }
    }
    Work work = new Work(files);
    work.applyTombstone();
    work.applyMeta();
    return switch (policy.kind()) {
      case REPLICATION -> work.finishReplicated();
      case ERASURE_CODING -> work.finishErasureCoded();
    };
  }

  /**
   * By far most hash dirs hold one file, of which nothing has to be worked out; null where
   * something has.
   */
  private @Nullable FileSet decideSingle(FileName file) {
    boolean replication = policy.kind() == ObjectPolicy.Kind.REPLICATION;
    return switch (file.extension()) {
      case TOMBSTONE ->
          new FileSet(List.of(), List.of(file), null, file, null, null, List.of(), null);
      case DATA ->
          replication
              ? new FileSet(List.of(), List.of(), null, null, file, null, List.of(), null)
              : null;
      case META, DURABLE, OTHER -> null;
    };
  }

  /** The files by extension, newest first, from which the rules take away. */
  private static final class Work {
    private final Map<Extension, List<FileName>> byExtension = new EnumMap<>(Extension.class);
    private final List<FileName> obsolete = new ArrayList<>(2);
    private final List<FileName> reclaimable = new ArrayList<>(2);

    Work(List<FileName> files) {
      for (FileName file : files) {
        of(file.extension()).add(file);
      }
      byExtension.values().forEach(list -> list.sort(NEWEST_FIRST));
    }

    void applyTombstone() {
      List<FileName> tombstones = of(Extension.TOMBSTONE);
      if (tombstones.isEmpty()) {
        return;
      }
      Timestamp deleted = tombstones.getFirst().timestamp();
      byExtension.forEach(
          (extension, list) -> {
            if (extension != Extension.TOMBSTONE) {
              takeNotAfter(list, deleted);
            }
          });
      keepFirst(tombstones, 1);
    }

    void applyMeta() {
      List<FileName> metas = of(Extension.META);
      if (metas.size() < 2) {
        return;
      }
      FileName newest = metas.getFirst();
      metas.subList(1, metas.size()).sort(Comparator.comparing(Work::contentTypeOf).reversed());
      FileName other = metas.get(1);
      int keep = 1;
      if (contentTypeOf(other).compareTo(contentTypeOf(newest)) > 0) {
        if (other.timestamp().equals(newest.timestamp())) {
          metas.set(0, other);
          metas.set(1, newest);
        } else {
          keep = 2;
        }
      }
      keepFirst(metas, keep);
    }

    FileSet finishReplicated() {
      List<FileName> datas = of(Extension.DATA);
      FileName data = null;
      if (!datas.isEmpty()) {
        data = datas.getFirst();
        Timestamp written = data.timestamp();
        takeBefore(datas, written);
        byExtension.forEach(
            (extension, list) -> {
              if (extension != Extension.DATA) {
                takeNotAfter(list, written);
              }
            });
      } else {
        reclaimable.addAll(of(Extension.META));
      }
      return result(data, List.of(), null);
    }

    FileSet finishErasureCoded() {
      List<FileName> durables = of(Extension.DURABLE);
      Timestamp durableTime = durables.isEmpty() ? null : durables.getFirst().timestamp();
      List<List<FileName>> sets = new ArrayList<>();
      List<FileName> durableSet = null;
      for (List<FileName> set : byTime(of(Extension.DATA))) {
        Timestamp time = set.getFirst().timestamp();
        set.sort(Comparator.comparingInt(FileName::fragment));
        sets.add(set);
        boolean marked = set.stream().anyMatch(FileName::durable);
        if (marked && (durableTime == null || durableTime.compareTo(time) < 0)) {
          durableTime = time;
        }
        if (time.equals(durableTime)) {
          durableSet = set;
          break;
        }
      }
      if (durableTime != null) {
        Timestamp from = durableTime;
        byExtension.values().forEach(list -> takeBefore(list, from));
      }
      if (durableSet == null) {
        obsolete.addAll(durables);
        durables.clear();
        reclaimable.addAll(of(Extension.META));
      }
      for (List<FileName> set : sets) {
        if (set != durableSet) {
          reclaimable.addAll(set);
        }
      }
      return result(durableSet == null ? null : durableSet.getLast(), sets, durableSet);
    }

    private FileSet result(
        @Nullable FileName data,
        List<List<FileName>> fragmentSets,
        @Nullable List<FileName> durableSet) {
      List<FileName> metas = of(Extension.META);
      List<FileName> tombstones = of(Extension.TOMBSTONE);
      FileName meta = null;
      FileName contentType = null;
      FileName tombstone = null;
      if (data != null && !metas.isEmpty()) {
        meta = metas.getFirst();
        FileName last = metas.getLast();
        Timestamp time = last.contentType();
        contentType = time != null && time.compareTo(data.timestamp()) > 0 ? last : null;
      } else if (data == null && !tombstones.isEmpty()) {
        tombstone = tombstones.getFirst();
        reclaimable.add(tombstone);
      }
      return new FileSet(
          obsolete, reclaimable, meta, tombstone, data, contentType, fragmentSets, durableSet);
    }

    private List<FileName> of(Extension extension) {
      return byExtension.computeIfAbsent(extension, unused -> new ArrayList<>(2));
    }

    private static Timestamp contentTypeOf(FileName meta) {
      Timestamp time = meta.contentType();
      return time == null ? NEVER : time;
    }

    private void takeNotAfter(List<FileName> list, Timestamp time) {
      take(list, file -> file.timestamp().compareTo(time) <= 0);
    }

    private void takeBefore(List<FileName> list, Timestamp time) {
      take(list, file -> file.timestamp().compareTo(time) < 0);
    }

    private void take(List<FileName> list, java.util.function.Predicate<FileName> superseded) {
      list.removeIf(
          file -> {
            boolean gone = superseded.test(file);
            if (gone) {
              obsolete.add(file);
            }
            return gone;
          });
    }

    private void keepFirst(List<FileName> list, int count) {
      List<FileName> rest = list.subList(count, list.size());
      obsolete.addAll(rest);
      rest.clear();
    }

    private static List<List<FileName>> byTime(List<FileName> newestFirst) {
      List<List<FileName>> sets = new ArrayList<>();
      for (FileName file : newestFirst) {
        if (sets.isEmpty() || !sets.getLast().getFirst().timestamp().equals(file.timestamp())) {
          sets.add(new ArrayList<>());
        }
        sets.getLast().add(file);
      }
      return sets;
    }
  }
}
