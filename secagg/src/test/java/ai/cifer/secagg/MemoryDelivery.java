package ai.cifer.secagg;

import ai.cifer.secagg.coordinator.Delivery;
import ai.cifer.secagg.message.Manifest;
import ai.cifer.secagg.message.SealedShare;
import java.util.List;

/// A delivery that is small enough for memory.
record MemoryDelivery(Manifest manifest, List<SealedShare> sealed) implements Delivery {
  @Override
  public int shares() {
    return sealed.size();
  }

  @Override
  public SealedShare share(int helper) {
    return sealed.get(helper - 1);
  }
}
