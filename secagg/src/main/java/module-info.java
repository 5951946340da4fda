/// Updates under encryption: quantise, pack, mask, share, certify, open. JDK only.
///
/// Chain: `codec ◄ { identity, plan } ◄ message ◄ { journal, share, round } ◄ { client, helper,
/// coordinator }`.
module ai.cifer.secagg {
  requires static transitive org.jspecify;
  requires transitive ai.cifer.fedlearn;
  requires transitive ai.cifer.homocryption;

  exports ai.cifer.secagg.codec;
  exports ai.cifer.secagg.identity;
  exports ai.cifer.secagg.message;
  exports ai.cifer.secagg.plan;
}
