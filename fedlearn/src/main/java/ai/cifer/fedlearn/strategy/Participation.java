package ai.cifer.fedlearn.strategy;

/// The part of all clients of a federation that took part in a round.
final class Participation {

  private Participation() {}

  static int requireClients(int allClients) {
    if (allClients < 0) {
      throw new IllegalArgumentException("all_clients: %d (expected: >= 0)".formatted(allClients));
    }
    return allClients;
  }

  /// @param allClients 0 where nobody says: then those who took part are all
  static double part(int clients, int allClients) {
    return Math.min(1, (double) clients / (allClients == 0 ? clients : allClients));
  }
}
