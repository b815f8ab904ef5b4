package dev.ringlift.agent.conf;

import dev.ringlift.relinker.ObjectPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The storage policies of a swift.conf; without policies in it, Swift's one legacy policy. Without
 * the file nothing is known.
 */
public final class SwiftPolicies {
  private static final String SECTION = "storage-policy:";

  /**
   * A policy with the names that it goes by, the first being its name proper.
   *
   * @param dataFragments how many different fragments an object is read from; 1 for replication
   */
  public record Named(ObjectPolicy policy, List<String> names, int dataFragments) {
    public String name() {
      return names.getFirst();
    }
  }

  private final List<Named> policies;

  private SwiftPolicies(List<Named> policies) {
    this.policies = policies;
  }

  /**
   * Reads swift.conf.
   *
   * @param swiftDir the directory that it is in
   * @throws UserError if it is not there, can't be read, or makes no sense
   */
  public static SwiftPolicies read(Path swiftDir) throws UserError {
    List<Named> policies = new ArrayList<>();
    Path conf = swiftDir.resolve("swift.conf");
    // Swift's relinker goes on with policy 0 of replication: wrong hashes, if it is erasure coding.
    if (Files.notExists(conf)) {
      throw new UserError(
          "There is no " + conf + ", which tells the storage policies and their types.");
    }
    IniFile file = IniFile.read(conf);
    for (String section : file.sections()) {
      if (section.startsWith(SECTION)) {
        policies.add(policy(section, file.section(section).orElseThrow()));
      }
    }
    if (policies.isEmpty()) {
      policies.add(new Named(ObjectPolicy.replication(0), List.of("Policy-0"), 1));
    }
    policies.sort(Comparator.comparingInt(each -> each.policy().index()));
    return new SwiftPolicies(policies);
  }

  public List<Named> all() {
    return policies;
  }

  /** The policy of this index; empty when swift.conf has none such. */
  public Optional<ObjectPolicy> find(int index) {
    return policies.stream()
        .map(Named::policy)
        .filter(policy -> policy.index() == index)
        .findFirst();
  }

  /**
   * The policy of this name (in any case) or index.
   *
   * @throws UserError if there is none, naming those that there are
   */
  public Named find(String nameOrIndex) throws UserError {
    Optional<Named> found =
        policies.stream()
            .filter(
                each ->
                    each.names().stream().anyMatch(name -> name.equalsIgnoreCase(nameOrIndex))
                        || Integer.toString(each.policy().index()).equals(nameOrIndex))
            .findFirst();
    if (found.isEmpty()) {
      List<String> names =
          policies.stream().map(each -> each.policy().index() + " (" + each.name() + ")").toList();
      throw new UserError(
          "There is no storage policy "
              + nameOrIndex
              + "; swift.conf has "
              + String.join(", ", names)
              + ".");
    }
    return found.get();
  }

  private static Named policy(String section, Map<String, String> options) throws UserError {
    int index =
        number(section.substring(SECTION.length()).strip(), "the index of [" + section + "]");
    List<String> names =
        Stream.concat(
                Stream.of(options.getOrDefault("name", "Policy-" + index)),
                Arrays.stream(options.getOrDefault("aliases", "").split(",")))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    String type = options.getOrDefault("policy_type", "replication").toLowerCase(Locale.ROOT);
    return switch (type) {
      case "replication" -> new Named(ObjectPolicy.replication(index), names, 1);
      case "erasure_coding" -> {
        int data =
            number(
                options.getOrDefault("ec_num_data_fragments", "0"),
                "ec_num_data_fragments of [" + section + "]");
        int parity =
            number(
                options.getOrDefault("ec_num_parity_fragments", "0"),
                "ec_num_parity_fragments of [" + section + "]");
        yield new Named(ObjectPolicy.erasureCoding(index, data + parity), names, data);
      }
      default ->
          throw new UserError(
              "The policy type " + type + " of [" + section + "] in swift.conf is not known.");
    };
  }

  private static int number(String text, String what) throws UserError {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UserError("In swift.conf, " + what + " must be a number, not " + text + ".");
    }
  }
}
