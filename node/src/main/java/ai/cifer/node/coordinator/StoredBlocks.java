package ai.cifer.node.coordinator;

import ai.cifer.secagg.coordinator.StoredSegment;
import ai.cifer.secagg.message.Cohort;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The files of a cohort's blocks, open for reading.
final class StoredBlocks implements AutoCloseable {
  private final List<FileChannel> channels = new ArrayList<>();
  private final Map<String, StoredSegment> stored = new HashMap<>();

  StoredBlocks(UploadFolder uploads, Cohort cohort) throws IOException {
    try {
      for (String client : cohort.clients()) {
        FileChannel channel =
            FileChannel.open(
                uploads.file(client, cohort.segment(), cohort.attempt()), StandardOpenOption.READ);
        channels.add(channel);
        stored.put(client, StoredSegment.of(channel, 0));
      }
    } catch (IOException failure) {
      close();
      throw failure;
    }
  }

  /// By client.
  Map<String, StoredSegment> all() {
    return stored;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }
}
