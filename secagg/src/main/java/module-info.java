/// Updates under encryption: quantise, pack, mask, share, certify, open. The JDK, and Bouncy Castle
/// for X25519.
///
/// Chain: `codec ◄ { identity, cipher ◄ plan } ◄ message ◄ { share, journal ◄ round } ◄ { client,
/// helper, coordinator } ◄ bench`.
module ai.cifer.secagg {
  requires static transitive org.jspecify;
  requires transitive ai.cifer.fedlearn;
  requires transitive ai.cifer.homocryption;
  requires java.management;
  requires org.bouncycastle.provider;

  exports ai.cifer.secagg.bench;
  exports ai.cifer.secagg.cipher;
  exports ai.cifer.secagg.client;
  exports ai.cifer.secagg.codec;
  exports ai.cifer.secagg.coordinator;
  exports ai.cifer.secagg.helper;
  exports ai.cifer.secagg.identity;
  exports ai.cifer.secagg.journal;
  exports ai.cifer.secagg.message;
  exports ai.cifer.secagg.plan;
  exports ai.cifer.secagg.round;
  exports ai.cifer.secagg.share;
}
