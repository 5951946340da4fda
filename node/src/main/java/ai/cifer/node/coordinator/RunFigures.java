package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.history.RoundSummary;
import ai.cifer.fedlearn.history.RunEvent;
import ai.cifer.fedlearn.history.RunListener;
import ai.cifer.transport.PortFigures;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Counts what happens in a run, in Prometheus' text format (version 0.0.4).
final class RunFigures implements RunListener {
  private int round;
  private int clients;
  private final Set<String> participants = new HashSet<>();
  private long completed;
  private long voided;
  private long failedAttempts;
  private long abandonedSegments;
  private double seconds;
  private double encryptSeconds;
  private double aggregateSeconds;
  private double openSeconds;
  private double epsilon;
  private boolean over;

  @Override
  public synchronized void on(RunEvent event) {
    switch (event) {
      case RunEvent.Joined joined -> participants.add(joined.name());
      case RunEvent.Left left -> participants.remove(left.name());
      case RunEvent.RoundOpened opened -> {
        round = opened.round();
        clients = opened.clients().size();
      }
      case RunEvent.AttemptFailed _ -> failedAttempts++;
      case RunEvent.SegmentAbandoned _ -> abandonedSegments++;
      case RunEvent.RoundCompleted done -> completed(done.summary());
      case RunEvent.RoundVoided _ -> voided++;
      case RunEvent.RunEnded _ -> over = true;
      default -> {}
    }
  }

  private void completed(RoundSummary summary) {
    completed++;
    summary.privacy().ifPresent(spent -> epsilon = spent.epsilon());
    seconds += summary.times().total();
    encryptSeconds += summary.times().encrypt();
    aggregateSeconds += summary.times().aggregate();
    openSeconds += summary.times().open();
  }

  synchronized boolean isOver() {
    return over;
  }

  synchronized String text(PortFigures port) {
    StringBuilder out = new StringBuilder();
    gauge(out, "round", "The round that was opened last.", round);
    gauge(out, "round_clients", "Clients of that round.", clients);
    gauge(out, "participants", "Participants that are connected.", participants.size());
    counter(out, "rounds_completed", "Rounds with a result.", completed);
    counter(out, "rounds_void", "Rounds without a result.", voided);
    counter(out, "segment_attempts_failed", "Attempts at segments that failed.", failedAttempts);
    counter(
        out,
        "segments_abandoned",
        "Segments that failed for good and whose values stayed.",
        abandonedSegments);
    counter(out, "round_seconds", "Wall time of rounds with a result.", seconds);
    counter(
        out,
        "encrypt_seconds",
        "The slowest client's encryption in rounds with a result.",
        encryptSeconds);
    counter(out, "aggregate_seconds", "Folding of updates.", aggregateSeconds);
    counter(out, "open_seconds", "Opening of sums, folding not counted.", openSeconds);
    gauge(out, "privacy_epsilon", "Differential privacy spent; 0 without.", epsilon);
    gauge(out, "sessions", "Sessions on the port.", port.sessions());
    gauge(out, "streams", "Streams under way on the port.", port.streams());
    gauge(
        out, "waiting_bytes", "Envelopes that wait for participants to read.", port.waitingBytes());
    counter(out, "received_bytes", "Bytes of streams from participants.", port.receivedBytes());
    counter(out, "sent_bytes", "Bytes of streams to participants.", port.sentBytes());
    counter(out, "refused", "Connections, calls and messages turned away.", port.refusals());
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, String help, Number value) {
    metric(out, "cifer_" + name, "gauge", help, value);
  }

  private static void counter(StringBuilder out, String name, String help, Number value) {
    metric(out, "cifer_" + name + "_total", "counter", help, value);
  }

  private static void metric(
      StringBuilder out, String name, String type, String help, Number value) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    String number =
        value instanceof Double seconds
            ? String.format(Locale.ROOT, "%.3f", seconds)
            : value.toString();
    out.append(name).append(' ').append(number).append('\n');
  }
}
