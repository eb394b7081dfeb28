// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/dataflow.h"
#include "sim/finn_folding.h"
#include "sim/network.h"

namespace qnnsim {

inline constexpr char kFinnFifo[] = "StreamingFIFO";
inline constexpr char kFinnConverter[] = "StreamingDataWidthConverter";

/// What FINN calls a kernel's op, without back end; empty where it has none.
std::string finn_op(const KernelNode& kernel);

/// What a folding value divides.
struct FinnWhole {
  std::int64_t count = 1;
  std::string what;  ///< "output channels"
};

/// What `pe` or `simd` of a kernel must divide; nothing where it has no such key.
std::optional<FinnWhole> finn_whole(const KernelNode& kernel, const std::string& key,
                                    const Network& network);

/// Can the kernel have the PE and SIMD of the node?
bool is_legal(const FinnFile& file, const FinnNode& node, const KernelNode& kernel,
              const Network& network);

/// The integer from `low` to `high` that `value` spells.
std::optional<std::int64_t> whole_number(const YamlValue& value, std::int64_t low,
                                         std::int64_t high);

/// Says which nodes of the file are which kernels: those that `choice.nodes` names, then the n-th
/// node of an op is the n-th kernel that can be that op, in FINN's order. Fills `kernels`, `inner`
/// and `kept` of `finn`. Where the order does not tell, nodes and kernels go to `findings`.
/// `dataflow` is the network's, without folding.
void map_finn_nodes(const Dataflow& dataflow, const Network& network, FinnFolding& finn,
                    Findings& findings);

}  // namespace qnnsim
