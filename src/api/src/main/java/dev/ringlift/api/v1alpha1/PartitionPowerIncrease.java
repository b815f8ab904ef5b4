package dev.ringlift.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** What the user wants: one object ring raised to a partition power, one doubling at a time. */
@Group(ApiConstants.GROUP)
@Version(ApiConstants.VERSION)
@Kind("PartitionPowerIncrease")
@Singular("partitionpowerincrease")
@Plural("partitionpowerincreases")
@ShortNames("ppi")
@AdditionalPrinterColumn(
    name = "Policy",
    jsonPath = ".spec.policyIndex",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "From",
    jsonPath = ".status.fromPartPower",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "To",
    jsonPath = ".spec.targetPartPower",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Progress", jsonPath = ".status.progress.summary")
@AdditionalPrinterColumn(name = "ETA", jsonPath = ".status.progress.estimatedCompletion")
@AdditionalPrinterColumn(name = "Nodes", jsonPath = ".status.nodes.summary")
@AdditionalPrinterColumn(
    name = "Errors",
    jsonPath = ".status.progress.errors",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", priority = 1)
@ValidationRule(
    value =
        "self.spec.cancel == oldSelf.spec.cancel || !has(oldSelf.status) || !has(oldSelf.status.pastPointOfNoReturn) || !oldSelf.status.pastPointOfNoReturn",
    message = "the ring has been increased: there is no way back, let the cleanup end")
@ValidationRule(
    value =
        "self.spec.reclaimAge == oldSelf.spec.reclaimAge || !has(oldSelf.status) || !has(oldSelf.status.startTime)",
    message = "reclaimAge is immutable once the increase has started")
public final class PartitionPowerIncrease
    extends CustomResource<PartitionPowerIncreaseSpec, @Nullable PartitionPowerIncreaseStatus>
    implements Namespaced {

  // Records have no no-argument constructor; what is absent stays null until it is set.
  @Override
  protected @Nullable PartitionPowerIncreaseSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable PartitionPowerIncreaseStatus initStatus() {
    return null;
  }
}
