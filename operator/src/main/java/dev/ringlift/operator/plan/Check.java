package dev.ringlift.operator.plan;

/** The checks before the first change, in the order in which they are made and shown. */
public enum Check {
  /** The store, and in it ring and builder, exist. */
  RingStore,
  /** The ring file is a ring. */
  RingReadable,
  /** The builder file is a builder. */
  BuilderReadable,
  /** Ring and builder hold the same. */
  RingAndBuilderAgree,
  /** The target can be reached from the ring's power. */
  TargetPartPower,
  /** There are few partitions for each device. */
  Needed,
  /** The windows can be understood, and open. */
  Windows,
  /** No increase of other means is half done in a way that can't be taken over. */
  NotUnderWay,
  /** The doubled ring and builder fit into the store. */
  StoreSize,
  /** Every device of the ring belongs to exactly one node. */
  DevicesMatched,
  /** No node with devices to be done is left out or held back. */
  NodesSelected,
  /** The devices that are to be left out are known, and every partition can do without them. */
  Exclusions,
  /** No node with devices to be done is cordoned. */
  NodesCordoned,
  /** Every node's agent is alive. */
  AgentsAlive,
  /** Agents are new enough, and all alike. */
  AgentVersions,
  /** The agents' clocks agree with the operator's. */
  AgentClocks,
  /** Every node has the ring that the store has. */
  RingDistributed,
  /** Every device of the ring is on its node, mounted and readable. */
  DevicesMounted,
  /** The devices of a node belong to one user, as which its agent can run. */
  DeviceOwners,
  /** No device holds what an earlier increase left behind. */
  NoStaleDevices,
  /** The devices have room for a second tree of directories. */
  FreeInodes,
  /** The devices have inodes for what stays. */
  LastingInodes,
  /** The nodes have memory for a second tree of directories. */
  Memory,
  /** Cleanup can end in time. */
  TimeBudget,
  /** What the auditors will do meanwhile. */
  AuditorLoad,
  /** A proxy is among those who are asked. */
  ProxyAmongConsumers,
  /** Whoever mounts the ring is among those who are asked. */
  ConsumersCovered,
  /** Those who load the ring, besides the nodes, can be seen to have it. */
  ConsumersProof,
  /** Swift is new enough. */
  SwiftVersion,
  /** The clocks of Swift's processes agree with the operator's. */
  ClocksAgree
}
