package dev.ringlift.operator.act;

import dev.ringlift.api.v1alpha1.PartitionPowerIncrease;
import dev.ringlift.operator.plan.Announcement;
import dev.ringlift.operator.plan.Times;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Records Events on an increase, where {@code kubectl describe} shows them. They are for people:
 * one that can't be recorded is logged and holds up nothing.
 */
public final class EventWriter {
  private static final Logger LOG = Logger.getLogger(EventWriter.class);
  private static final int MESSAGE_LIMIT = 1024;

  private final KubernetesClient client;

  public EventWriter(KubernetesClient client) {
    this.client = client;
  }

  public void write(
      PartitionPowerIncrease increase, List<Announcement> announcements, Instant now) {
    for (Announcement announcement : announcements) {
      LOG.infof(
          "%s/%s: %s: %s",
          increase.getMetadata().getNamespace(),
          increase.getMetadata().getName(),
          announcement.reason(),
          announcement.message());
      try {
        client.resource(event(increase, announcement, now)).create();
      } catch (KubernetesClientException e) {
        LOG.warnf("The event %s was not recorded: %s", announcement.reason(), e.getMessage());
      }
    }
  }

  private static Event event(
      PartitionPowerIncrease increase, Announcement announcement, Instant now) {
    String message = announcement.message();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(increase.getMetadata().getNamespace())
        .withGenerateName(increase.getMetadata().getName() + ".")
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(increase.getApiVersion())
        .withKind(increase.getKind())
        .withNamespace(increase.getMetadata().getNamespace())
        .withName(increase.getMetadata().getName())
        .withUid(increase.getMetadata().getUid())
        .endInvolvedObject()
        .withType(announcement.warning() ? "Warning" : "Normal")
        .withReason(announcement.reason())
        .withMessage(
            message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT))
        .withFirstTimestamp(Times.format(now))
        .withLastTimestamp(Times.format(now))
        .withCount(1)
        .withNewSource()
        .withComponent("ringlift-operator")
        .endSource()
        .withReportingComponent("ringlift.dev/operator")
        .build();
  }
}
