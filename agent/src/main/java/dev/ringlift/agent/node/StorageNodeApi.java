package dev.ringlift.agent.node;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import java.util.Optional;

/**
 * The node's StorageNode in the API server. The methods throw the client's exception when it can't
 * be reached.
 */
public interface StorageNodeApi {
  /** What is written there now. */
  Optional<StorageNodeStatus> read();

  /** Writes the status, and makes the object if there is none. */
  void write(StorageNodeStatus status);
}
