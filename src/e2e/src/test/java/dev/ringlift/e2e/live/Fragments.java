package dev.ringlift.e2e.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringlift.e2e.live.Content.Present;
import dev.ringlift.testkit.swift.RealSwift;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the disks hold of objects that are kept by erasure coding, place by place, as an object
 * server finds it; a proxy can't tell, since it is content with some of the fragments.
 */
final class Fragments {
  /** Fragments are decoded by the policy's own driver: each pair, as two hold the data. */
  private static final String READ =
      """
      import itertools, logging, os
      from swift.common.exceptions import DiskFileDeleted, DiskFileNotExist
      from swift.common.ring import Ring
      from swift.common.storage_policy import POLICIES
      from swift.obj.diskfile import DiskFileRouter

      def main(request):
          ring = Ring(request['ring'])
          policy = POLICIES[request['policy']]
          managers = {root: DiskFileRouter(
                          {'devices': root, 'mount_check': 'false', 'reclaim_age': str(10 ** 10)},
                          logging.getLogger('fragments'))[policy]
                      for root in request['roots'].values()}
          found = {}
          for name in request['objects']:
              parts = name[1:].split('/', 2)
              partition, nodes = ring.get_nodes(*parts)
              places, archives = [], []
              for node in nodes:
                  disk_file = managers[request['roots'][node['ip']]].get_diskfile(
                      node['device'], str(partition), *parts, policy)
                  place = {'where': '%s/%s' % (node['ip'], node['device']), 'index': node['index'],
                           'files': [], 'colour': ''}
                  if os.path.isdir(disk_file._datadir):
                      place['files'] = sorted(os.listdir(disk_file._datadir))
                  try:
                      with disk_file.open():
                          place['state'] = 'present'
                          place['colour'] = disk_file.get_metadata().get('X-Object-Meta-Colour', '')
                          archives.append(b''.join(disk_file.reader()))
                  except DiskFileDeleted:
                      place['state'] = 'deleted'
                  except DiskFileNotExist:
                      place['state'] = 'missing'
                  places.append(place)
              found[name] = {
                  'places': places,
                  'bodies': [policy.pyeclib_driver.decode(list(pair)).decode('utf-8')
                             for pair in itertools.combinations(archives, 2)]}
          return found
      """;

  private final RealSwift swift;
  private final Map<String, Path> roots;

  /**
   * On these nodes.
   *
   * @param roots the devices root of each address in the ring
   */
  Fragments(RealSwift swift, Map<String, Path> roots) {
    this.swift = swift;
    this.roots = Map.copyOf(roots);
  }

  /**
   * One of the places that a ring names for an object.
   *
   * @param where address and device
   * @param index of the fragment that belongs there
   * @param state {@code present} (as a durable fragment), {@code deleted} or {@code missing}
   * @param files names of all that is in the hash dir
   * @param colour of the metadata
   */
  record Place(String where, int index, String state, List<String> files, String colour) {
    Place {
      files = List.copyOf(files);
    }

    boolean present() {
      return state.equals("present");
    }

    /** Its own fragment, once, and durable; besides at most a later metadata file. */
    boolean isTidy() {
      String own = "#" + index + "#d.data";
      List<String> others = files.stream().filter(file -> !file.endsWith(own)).toList();
      return files.size() - others.size() == 1
          && others.size() <= 1
          && others.stream().allMatch(file -> file.endsWith(".meta"));
    }
  }

  /**
   * What is there of an object.
   *
   * @param bodies what comes of any fragments that are enough
   */
  record Stored(List<Place> places, List<String> bodies) {
    Stored {
      places = List.copyOf(places);
      bodies = List.copyOf(bodies);
    }
  }

  /** What is there of each of these, by its name. */
  Map<String, Stored> read(Path ring, int policy, Collection<String> objects) {
    JsonNode found =
        swift.python(
            READ,
            Map.of(
                "ring",
                ring.toString(),
                "policy",
                policy,
                "roots",
                roots.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, root -> root.getValue() + "")),
                "objects",
                List.copyOf(objects)));
    Map<String, Stored> stored = new LinkedHashMap<>();
    found
        .properties()
        .forEach(
            each ->
                stored.put(
                    each.getKey(),
                    new Stored(
                        each.getValue().path("places").valueStream().map(Fragments::place).toList(),
                        texts(each.getValue().path("bodies")))));
    return stored;
  }

  private static Place place(JsonNode place) {
    return new Place(
        place.path("where").asText(),
        place.path("index").asInt(),
        place.path("state").asText(),
        texts(place.path("files")),
        place.path("colour").asText());
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  /** What is wrong with what is there of an object, as sentences. */
  static List<String> wrong(LiveObject object, Stored stored) {
    List<String> wrong = new ArrayList<>();
    Optional<Present> certain = object.certain();
    for (Place place : stored.places()) {
      if (place.present() && !place.isTidy()) {
        wrong.add("%s: not only its fragment is at %s".formatted(object, place));
      }
      if (certain.isPresent()
          && !(place.present() && place.colour().equals(certain.get().colour()))) {
        wrong.add("%s: promised %s, found %s".formatted(object, certain.get(), place));
      }
      if (place.present() && !object.mayBeThere()) {
        wrong.add("%s: is back from the dead at %s".formatted(object, place));
      }
    }
    if (certain.isPresent()
        && !stored.bodies().stream().allMatch(body -> body.equals(certain.get().body()))) {
      wrong.add("%s: its fragments make another object".formatted(object));
    }
    return wrong;
  }
}
