package ai.cifer.secagg.journal;

import java.io.IOException;
import java.util.List;

/// An append-only list of records that outlives the process.
public interface Journal {
  /// Writes a record; when this returns it is on the disk.
  ///
  /// @throws IOException if it may not be there; whatever depends on it must not happen
  void append(byte[] entry) throws IOException;

  /// All records in their order.
  List<byte[]> entries() throws IOException;

  /// Replaces all records at once, so that obsolete ones are erased; after a crash either the old
  /// or the new ones are there.
  void replaceAll(List<byte[]> entries) throws IOException;
}
