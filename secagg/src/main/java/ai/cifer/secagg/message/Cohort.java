package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import ai.cifer.secagg.codec.Names;
import java.util.List;

/// Coordinator to helpers: the set U whose sum shall be opened; [#hash()] is H(U).
///
/// @param ctx the context of the round
/// @param segment the segment
/// @param attempt the attempt
/// @param entries by ascending names
public record Cohort(Bytes ctx, int segment, int attempt, List<Entry> entries) implements Message {

  public static final String LABEL = "cifer.cohort";

  /// A client and the manifest with which it is in.
  ///
  /// @param client its name
  /// @param manifest the hash of its manifest
  public record Entry(String client, Bytes manifest) {
    public Entry {
      Names.check(client);
      Limits.hash(manifest);
    }
  }

  public Cohort {
    Limits.hash(ctx);
    Limits.place(segment, attempt);
    Limits.atMost("cohort", entries.size(), Limits.MAX_PARTICIPANTS);
    entries = Limits.sorted(entries, Entry::client);
  }

  /// The names, ascending.
  public List<String> clients() {
    return entries.stream().map(Entry::client).toList();
  }

  /// |U|.
  public int size() {
    return entries.size();
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .u31(segment)
        .u31(attempt)
        .list(entries, (out, e) -> out.text(e.client()).fixed(e.manifest(), Hashing.BYTES))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Cohort decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Cohort(
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                in.list(
                    Limits.MAX_PARTICIPANTS,
                    Limits.MIN_NAME_BYTES + Hashing.BYTES,
                    each -> new Entry(each.name(), each.fixed(Hashing.BYTES)))));
  }
}
