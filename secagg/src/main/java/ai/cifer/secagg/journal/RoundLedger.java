package ai.cifer.secagg.journal;

import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The entries about rounds that clients and helpers have in common.
final class RoundLedger implements RoundRegister {
  private static final String ACCEPTED = "cifer.journal.accepted";
  private static final String COMPLETED = "cifer.journal.completed";
  private static final int VERSION = 1;

  private record RunKey(String federation, String run) {}

  private final Journal journal;
  private final Map<RunKey, Accepted> accepted = new HashMap<>();
  private final Map<RunKey, Completed> completed = new HashMap<>();

  RoundLedger(Journal journal) {
    this.journal = journal;
  }

  /// Takes in an entry of the journal if it is of this class.
  boolean replay(byte[] entry) {
    switch (FieldReader.label(entry)) {
      case ACCEPTED ->
          FieldReader.decode(
              entry,
              ACCEPTED,
              VERSION,
              in ->
                  accepted.put(
                      new RunKey(in.name(), in.name()),
                      new Accepted(in.u31(), in.fixed(Hashing.BYTES))));
      case COMPLETED ->
          FieldReader.decode(
              entry,
              COMPLETED,
              VERSION,
              in ->
                  completed.put(
                      new RunKey(in.name(), in.name()),
                      new Completed(in.u31(), in.fixed(Hashing.BYTES), in.fixed(Hashing.BYTES))));
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  public Optional<Accepted> latest(String federation, String run) {
    return Optional.ofNullable(accepted.get(new RunKey(federation, run)));
  }

  @Override
  public void accept(String federation, String run, Accepted round) throws IOException {
    RunKey key = new RunKey(federation, run);
    Accepted known = accepted.get(key);
    if (round.equals(known)) {
      return;
    }
    if (known != null && known.round() >= round.round()) {
      throw new IllegalArgumentException(
          "round: %d (expected: > %d, the latest accepted)"
              .formatted(round.round(), known.round()));
    }
    journal.append(entry(key, round));
    accepted.put(key, round);
  }

  @Override
  public Optional<Completed> completed(String federation, String run) {
    return Optional.ofNullable(completed.get(new RunKey(federation, run)));
  }

  @Override
  public void complete(String federation, String run, Completed round) throws IOException {
    RunKey key = new RunKey(federation, run);
    Completed known = completed.get(key);
    if (known != null && known.round() >= round.round()) {
      return;
    }
    journal.append(entry(key, round));
    completed.put(key, round);
  }

  private static byte[] entry(RunKey key, Accepted round) {
    return FieldWriter.of(ACCEPTED, VERSION)
        .text(key.federation)
        .text(key.run)
        .u31(round.round())
        .fixed(round.ctx(), Hashing.BYTES)
        .toByteArray();
  }

  private static byte[] entry(RunKey key, Completed round) {
    return FieldWriter.of(COMPLETED, VERSION)
        .text(key.federation)
        .text(key.run)
        .u31(round.round())
        .fixed(round.hash(), Hashing.BYTES)
        .fixed(round.modelHash(), Hashing.BYTES)
        .toByteArray();
  }

  /// The number of entries that are not obsolete.
  int size() {
    return accepted.size() + completed.size();
  }

  /// The entries that are not obsolete: of each run the latest.
  List<byte[]> entries() {
    List<byte[]> entries = new ArrayList<>(size());
    accepted.forEach((run, round) -> entries.add(entry(run, round)));
    completed.forEach((run, round) -> entries.add(entry(run, round)));
    return entries;
  }
}
