package dev.ringlift.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Processes that load the ring, and how they prove that they have it.
 *
 * @param kind what they are
 * @param name of the workload, in the increase's namespace; for addresses, any name
 * @param role what they do
 * @param proof how they prove which ring they have
 * @param port where {@code /recon/ringmd5} answers, for the proof Recon
 * @param duration how long they are given, for the proof Wait; a duration
 * @param addresses {@code host:port} of each, for the kind Addresses
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.proof != 'Recon' || self.kind == 'Addresses' || has(self.port)",
    message = "proof Recon needs a port")
@ValidationRule(
    value = "self.proof != 'Wait' || has(self.duration)",
    message = "proof Wait needs to know how long")
@ValidationRule(
    value =
        "self.kind == 'Addresses' ? (has(self.addresses) && self.proof != 'Restart') : !has(self.addresses)",
    message = "kind Addresses, and it alone, names addresses, and can't be restarted")
public record Consumer(
    @JsonPropertyDescription("What they are; Addresses: processes outside of Kubernetes.") @Required
        Kind kind,
    @JsonPropertyDescription(
            "Name of the workload in this namespace; for Addresses, any name of that form.")
        @Required
        @Size(min = 1, max = 253)
        @Pattern(NamePatterns.OBJECT)
        String name,
    @JsonPropertyDescription(
            "What they do. Proxies count most: they tell object servers where to link new writes.")
        @Required
        Role role,
    @JsonPropertyDescription(
            "Recon: each pod answers /recon/ringmd5. Restart: the pod template is annotated, and the rollout has to finish. Wait: only time passes, and UnprovenConsumer has to be acknowledged.")
        @Default("Recon")
        Proof proof,
    @JsonPropertyDescription("Where /recon/ringmd5 answers in each pod.") @Min(1) @Max(65535)
        @Nullable Integer port,
    @JsonPropertyDescription("How long proof Wait gives them.")
        @Pattern(PartitionPowerIncreaseSpec.DURATION)
        @Nullable String duration,
    @JsonPropertyDescription("host:port of each, for kind Addresses.")
        @Size(min = 1, max = 1000)
        @ListType(ListType.Kind.SET)
        @Nullable List<@Size(min = 3, max = 260) @Pattern(NamePatterns.WORD) String> addresses) {

  public Consumer {
    addresses = addresses == null ? null : List.copyOf(addresses);
  }

  /** What consumers are. */
  public enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    /** Processes outside of Kubernetes. */
    Addresses
  }

  /** What consumers do. */
  public enum Role {
    /** Takes clients' requests, and tells object servers the next partition of each write. */
    Proxy,
    /** Keeps objects. */
    Object,
    /** Anything else that loads the ring: expirers, reconcilers, replicators. */
    Other
  }

  /** How consumers prove which ring they have. */
  public enum Proof {
    /** Swift's recon middleware tells the md5 of the ring in its directory. */
    Recon,
    /** Every pod was started after the ring had come. */
    Restart,
    /** Time has passed; no proof at all. */
    Wait
  }
}
