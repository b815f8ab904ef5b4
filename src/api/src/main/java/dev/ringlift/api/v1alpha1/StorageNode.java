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
 * What a storage node is: one per agent, named like its Node, its status written by that agent
 * only.
 */
@Group(ApiConstants.GROUP)
@Version(ApiConstants.VERSION)
@Kind("StorageNode")
@Singular("storagenode")
@Plural("storagenodes")
@AdditionalPrinterColumn(
    name = "Devices",
    jsonPath = ".status.deviceCount",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Rings", jsonPath = ".status.rings[*].file")
@AdditionalPrinterColumn(name = "Power", jsonPath = ".status.rings[*].partPower")
@AdditionalPrinterColumn(name = "Next", jsonPath = ".status.rings[*].nextPartPower")
@AdditionalPrinterColumn(
    name = "Stale",
    jsonPath = ".status.conditions[?(@.type==\"StaleDevice\")].status")
@AdditionalPrinterColumn(name = "Agent", jsonPath = ".status.agentVersion")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
public final class StorageNode
    extends CustomResource<@Nullable StorageNodeSpec, @Nullable StorageNodeStatus>
    implements Namespaced {

  @Override
  protected @Nullable StorageNodeSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable StorageNodeStatus initStatus() {
    return null;
  }
}
