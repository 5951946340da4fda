package ai.cifer.secagg.bench;

import ai.cifer.secagg.journal.Journal;
import java.util.ArrayList;
import java.util.List;

/// A journal that costs no disk, since processor time is measured.
final class MemoryJournal implements Journal {
  private final List<byte[]> entries = new ArrayList<>();

  @Override
  public void append(byte[] entry) {
    entries.add(entry.clone());
  }

  @Override
  public List<byte[]> entries() {
    return List.copyOf(entries);
  }

  @Override
  public void replaceAll(List<byte[]> replacement) {
    List<byte[]> copy = List.copyOf(replacement);
    entries.clear();
    entries.addAll(copy);
  }
}
