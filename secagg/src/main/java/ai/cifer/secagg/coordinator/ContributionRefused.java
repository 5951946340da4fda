package ai.cifer.secagg.coordinator;

/// What a participant sent does not count; the round goes on without it.
public final class ContributionRefused extends RuntimeException {
  private final String participant;

  ContributionRefused(String participant, String message) {
    super(participant + ": " + message);
    this.participant = participant;
  }

  /// Who sent it.
  public String participant() {
    return participant;
  }
}
