package ai.cifer.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// Aligned columns: the first to the left, figures to the right.
public final class Table {

  private static final String GAP = "  ";

  private final List<String> header;
  private final List<Boolean> right = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /// @param header one title a column; a title that begins with `>` aligns its column to the right
  public Table(String... header) {
    List<String> titles = new ArrayList<>();
    for (String title : header) {
      right.add(title.startsWith(">"));
      titles.add(title.startsWith(">") ? title.substring(1) : title);
    }
    this.header = List.copyOf(titles);
  }

  /// @throws IllegalArgumentException unless there is one cell a column
  public Table row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(
          "cells: %d (expected: %d)".formatted(cells.length, header.size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /// The lines without trailing blanks, the header first; no header when all titles are empty.
  public List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    if (header.stream().anyMatch(title -> !title.isEmpty())) {
      all.add(header);
    }
    all.addAll(rows);
    int[] widths = new int[header.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String pad = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? "" : GAP);
      line.append(right.get(i) ? pad + row.get(i) : row.get(i) + pad);
    }
    return line.toString().stripTrailing();
  }
}
