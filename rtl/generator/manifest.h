// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rtl/generator/design.h"
#include "rtl/generator/design_file.h"

namespace qnnsim {

/// The digest of files: of their paths and contents, in this order.
std::string digest_of(const std::vector<DesignFile>& files);

/// What a design is made of: {tool, version, schema, design, scenario, network, platform, part,
/// clock_mhz, seed, frames, digest, constants, kernels, fifos, masters, files}. Kernels with their
/// module, instance and parameters; FIFOs by number, with register, width [bits], depth [beats] and
/// style; masters with base [bytes] and the [bytes] of a pass; of every file its digest.
nlohmann::ordered_json manifest(const Scenario& scenario, const Design& design,
                                const std::string& digest, const std::vector<DesignFile>& files);

/// Is this the text of a manifest?
bool is_manifest(const std::string& text);

}  // namespace qnnsim
