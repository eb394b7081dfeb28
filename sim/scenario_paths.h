// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/yaml_value.h"

namespace qnnsim {

/// Keys from the outermost inwards; `*` is any.
using KeyPath = std::vector<std::string>;

/// `value` after `edit` of every value that `keys` lead to.
YamlPtr edited(const YamlPtr& value, const KeyPath& keys,
               const std::function<YamlPtr(const YamlPtr&)>& edit);

/// What a file is to be called instead; it is given the word as it stands in the scenario.
using NewName = std::function<std::string(const YamlValue& word)>;

/// The scenario `root` with every file and directory that it names called otherwise.
YamlPtr with_paths(YamlPtr root, const NewName& new_name);

/// The network `root` with every file of constants that it names called otherwise.
YamlPtr with_constant_paths(const YamlPtr& root, const NewName& new_name);

/// A word on its own.
YamlPtr yaml_word(std::string text, const Place& place);

}  // namespace qnnsim
