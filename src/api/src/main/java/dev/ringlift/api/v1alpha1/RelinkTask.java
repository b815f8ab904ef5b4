package dev.ringlift.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * One step of one cycle on one node. Spec by the operator, status by the node's agent; owned by the
 * increase.
 */
@Group(ApiConstants.GROUP)
@Version(ApiConstants.VERSION)
@Kind("RelinkTask")
@Singular("relinktask")
@Plural("relinktasks")
@AdditionalPrinterColumn(name = "Node", jsonPath = ".spec.nodeName")
@AdditionalPrinterColumn(
    name = "Policy",
    jsonPath = ".spec.policyIndex",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Cycle",
    jsonPath = ".spec.cycle",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Step", jsonPath = ".spec.step")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "Partitions", jsonPath = ".status.partitions")
@AdditionalPrinterColumn(
    name = "Files",
    jsonPath = ".status.files",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Files/s",
    jsonPath = ".status.filesPerSecond",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Errors",
    jsonPath = ".status.errors",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.message", priority = 1)
public final class RelinkTask extends CustomResource<RelinkTaskSpec, @Nullable RelinkTaskStatus>
    implements Namespaced {

  @Override
  protected @Nullable RelinkTaskSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable RelinkTaskStatus initStatus() {
    return null;
  }
}
