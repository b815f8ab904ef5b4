package dev.ringlift.api.v1alpha1;

/** Names that operator, agents and users share: group, labels, annotations, well-known objects. */
public final class ApiConstants {

  /** The API group of all custom resources. */
  public static final String GROUP = "ringlift.dev";

  /** The version of all custom resources. */
  public static final String VERSION = "v1alpha1";

  /** On a RelinkTask and on backup ConfigMaps: the UID of the increase that they belong to. */
  public static final String LABEL_INCREASE_UID = "ringlift.dev/increase-uid";

  /** On a RelinkTask: the node that it is for, so that an agent watches only its own. */
  public static final String LABEL_NODE = "ringlift.dev/node";

  /** On a RelinkTask and on backup ConfigMaps: the number of the cycle, from 1. */
  public static final String LABEL_CYCLE = "ringlift.dev/cycle";

  /** On a RelinkTask: {@code Relink}, {@code Verify} or {@code Cleanup}. */
  public static final String LABEL_STEP = "ringlift.dev/step";

  /** On a backup ConfigMap: the transition before which it was made, as {@code Increase}. */
  public static final String LABEL_BEFORE = "ringlift.dev/before";

  /**
   * On a backup ConfigMap: the name of the ConfigMap that its content was in. On a ConfigMap with a
   * part of a ring or builder: the name of the one whose index it was made for.
   */
  public static final String ANNOTATION_CONFIG_MAP = "ringlift.dev/configmap";

  /**
   * On a Node, by an administrator: comma-separated addresses under which the ring's devices name
   * this node, where they are not among the addresses in the Node's status.
   */
  public static final String ANNOTATION_RING_ADDRESSES = "ringlift.dev/ring-addresses";

  /** On a ConfigMap with a part of a ring or builder: the name of that file. */
  public static final String LABEL_RING_FILE = "ringlift.dev/ring-file";

  /**
   * On a ConfigMap that agents install rings from, by an administrator: comma-separated md5s of
   * rings that may take the place of newer ones.
   */
  public static final String ANNOTATION_INSTALL_OVER_NEWER = "ringlift.dev/install-over-newer";

  /**
   * On a PartitionPowerIncrease, by its user: md5 of another hand's ring that is to be accepted in
   * place of the one that was published. Removed once it has been looked at.
   */
  public static final String ANNOTATION_ACCEPT_RING = "ringlift.dev/accept-ring";

  /**
   * On a PartitionPowerIncrease, by its user: its own name, so that a deletion in the middle is not
   * refused.
   */
  public static final String ANNOTATION_FORCE_DELETE = "ringlift.dev/force-delete";

  /**
   * On an agent's pods, by who deploys them: the value {@link #COMPONENT_AGENT}. They mount the
   * ring, too, and prove it by their StorageNode.
   */
  public static final String LABEL_COMPONENT = "ringlift.dev/component";

  /** Of the label {@link #LABEL_COMPONENT}: a node's agent. */
  public static final String COMPONENT_AGENT = "agent";

  /**
   * On a pod that mounts a ring's ConfigMap, followed by the name of the ring file: md5 of the ring
   * that was published last. Its change makes the kubelet look for the ring at once.
   */
  public static final String ANNOTATION_RING_MD5 = "ringlift.dev/ring-md5.";

  /**
   * On the pod template of a consumer with the proof Restart, and so on its pods, followed by the
   * name of the ring file: for which ring, and since when that was in the store, they were started.
   */
  public static final String ANNOTATION_RESTARTED_FOR = "ringlift.dev/restarted-for.";

  /**
   * On a PartitionPowerIncrease, by its user: {@code <Gate>/<cycle>}, such as {@code Increase/1},
   * lets a Manual gate pass that is open. Removed once it has been looked at.
   */
  public static final String ANNOTATION_APPROVE = "ringlift.dev/approve";

  /**
   * On a PartitionPowerIncrease, by its user: the name of a node whose task has failed as often as
   * it may, or {@code all}: it is tried once more. Removed once it has been looked at.
   */
  public static final String ANNOTATION_RETRY = "ringlift.dev/retry";

  /**
   * On a Node, by an administrator: with any value but {@code false}, no work is done there for the
   * time being. It is not forgotten: the step waits for it.
   */
  public static final String LABEL_SKIP = "ringlift.dev/skip";

  /** The name of an agent's heartbeat Lease is this followed by its node's name. */
  public static final String AGENT_LEASE_PREFIX = "ringlift-agent-";

  private ApiConstants() {}
}
