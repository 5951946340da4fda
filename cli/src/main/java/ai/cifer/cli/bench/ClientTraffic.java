package ai.cifer.cli.bench;

import ai.cifer.homocryption.aggregation.AggregationParameters;

/// The bytes that one client sends in one round of encrypted aggregation.
///
/// @param maskedBytes of the masked update
/// @param otherBytes of all other messages: sealed shares, manifest
record ClientTraffic(long maskedBytes, long otherBytes) {

  /// For a model of so many parameters and so many clients, all of them helpers.
  static ClientTraffic of(AggregationParameters parameters, int clients, long params) {
    return new ClientTraffic(parameters.blocksFor(params) * parameters.blockBytes(), 0);
  }
}
