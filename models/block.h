// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "models/operator.h"

namespace qnnsim {

/// Makes a kernel from the named parameters of its Params struct, without a network and without
/// constants. Throws ParameterError where the hardware cannot have them.
using BlockFactory = std::function<std::unique_ptr<Kernel>(AttributeReader&)>;

/// Every block that can be made on its own, by the name of its file in models/.
const std::map<std::string, BlockFactory, std::less<>>& blocks();

/// The names of these and of all other blocks, ascending.
const std::set<std::string>& block_names();

/// A namespace-scope object of this type adds a block.
struct BlockRegistration {
  BlockRegistration(const std::string& name, BlockFactory create);
  /// One that cannot be made on its own.
  explicit BlockRegistration(const std::string& name);
};

}  // namespace qnnsim
