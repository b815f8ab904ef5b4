package dev.ringlift.operator.observe;

import dev.ringlift.api.v1alpha1.Consumer;
import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.api.v1alpha1.RelinkTask;
import dev.ringlift.api.v1alpha1.StorageNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.List;
import java.util.Optional;

/** The objects that bear on increases: as they are now, or as a cache last heard of them. */
public interface ClusterReader {

  /** All nodes of the cluster. */
  List<Node> nodes();

  List<StorageNode> storageNodes(String namespace);

  List<Lease> leases(String namespace);

  /** The tasks of one increase. */
  List<RelinkTask> tasks(String namespace, String increaseUid);

  List<PartitionPowerIncrease> increases(String namespace);

  List<Pod> pods(String namespace);

  /** A Deployment, StatefulSet or DaemonSet. */
  Optional<HasMetadata> workload(String namespace, Consumer.Kind kind, String name);
}
