package ai.cifer.secagg.message;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.message.Samples.Sample;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MessagePropertyTest {
  @Property(tries = 100)
  void whatIsWrittenIsReadAndWrittenAgainTheSame(@ForAll long seed) {
    for (Sample sample : new Samples(TestFederation.random(seed)).all()) {
      byte[] bytes = sample.message().encode();
      Message read = sample.decode().apply(bytes);
      assertThat(read).isEqualTo(sample.message());
      assertThat(read.encode()).isEqualTo(bytes);
      assertThat(read.hash()).isEqualTo(sample.message().hash());
    }
  }
}
