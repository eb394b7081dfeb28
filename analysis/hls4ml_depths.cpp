// SPDX-License-Identifier: Apache-2.0
#include "analysis/hls4ml_depths.h"

namespace qnnsim {

nlohmann::ordered_json hls4ml_fifo_depths(const Sizing& sizing) {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  for (const SizedFifo& fifo : sizing.fifos) {
    result[fifo.name] = {{"initial", fifo.before}, {"optimized", fifo.depth}};
  }
  return result;
}

}  // namespace qnnsim
