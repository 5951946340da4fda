package ai.cifer.secagg.journal;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a client must not forget: the rounds it accepted and the updates that may have left.
///
/// Rules R1, R2 and R4: the entry is on disk before the first byte of an update leaves. Secrets are
/// never written. So a client that was restarted cannot resend identical bytes; when it finds the
/// entry it abstains from that round.
public final class ClientJournal implements RoundRegister {
  private static final String CONTRIBUTED = "cifer.journal.contributed";
  private static final int VERSION = 1;

  /// An update that may have left.
  private record Contributed(String federation, String run, int round, Bytes modelHash) {}

  private record ModelKey(String federation, Bytes modelHash) {}

  private final Journal journal;
  private final RoundLedger ledger;
  private final Set<Contributed> contributed = new HashSet<>();
  private final Map<ModelKey, String> lastRun = new HashMap<>();

  /// Reads the journal.
  ///
  /// @throws IOException if it cannot be read
  /// @throws ai.cifer.secagg.codec.MalformedMessage if an entry is of another version
  public ClientJournal(Journal journal) throws IOException {
    this.journal = journal;
    ledger = new RoundLedger(journal);
    for (byte[] entry : journal.entries()) {
      if (!ledger.replay(entry)) {
        add(
            FieldReader.decode(
                entry,
                CONTRIBUTED,
                VERSION,
                in -> new Contributed(in.name(), in.name(), in.u31(), in.fixed(Hashing.BYTES))));
      }
    }
  }

  private void add(Contributed entry) {
    contributed.add(entry);
    lastRun.put(new ModelKey(entry.federation, entry.modelHash), entry.run);
  }

  /// Whether an update for this round and model may have left.
  public boolean hasContributed(String federation, String run, int round, Bytes modelHash) {
    return contributed.contains(new Contributed(federation, run, round, modelHash));
  }

  /// The run that last got an update on this model, if any.
  public Optional<String> lastRun(String federation, Bytes modelHash) {
    return Optional.ofNullable(lastRun.get(new ModelKey(federation, modelHash)));
  }

  /// Records on disk that an update is about to leave.
  ///
  /// @throws IllegalStateException if it is recorded already
  public void contribute(String federation, String run, int round, Bytes modelHash)
      throws IOException {
    Contributed entry = new Contributed(federation, run, round, modelHash);
    if (contributed.contains(entry)) {
      throw new IllegalStateException("round " + round + ": contributed before (expected: once)");
    }
    journal.append(
        FieldWriter.of(CONTRIBUTED, VERSION)
            .text(federation)
            .text(run)
            .u31(round)
            .fixed(modelHash, Hashing.BYTES)
            .toByteArray());
    add(entry);
  }

  @Override
  public Optional<Accepted> latest(String federation, String run) {
    return ledger.latest(federation, run);
  }

  @Override
  public void accept(String federation, String run, Accepted round) throws IOException {
    ledger.accept(federation, run, round);
  }

  @Override
  public Optional<Completed> completed(String federation, String run) {
    return ledger.completed(federation, run);
  }

  @Override
  public void complete(String federation, String run, Completed round) throws IOException {
    ledger.complete(federation, run, round);
  }
}
