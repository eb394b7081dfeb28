// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/yaml_value.h"

namespace qnnsim {

/// `value` as a YAML document that `parse_yaml` reads back as an equal tree: keys and items in
/// their order, and in quotes what was in quotes. A list or map of mere words stands in one line,
/// `{pe: 1, simd: 2}`, where that fits into 100 columns; any other, and the outermost, has a line
/// for each member. What the tree does not know is not written: comments, anchors, tags.
std::string yaml_text(const YamlPtr& value);

/// `value` in one line, as it may stand behind `KEY=` on the command line: a word as it is, lists
/// and maps in brackets and braces, nothing for an empty value.
std::string yaml_line(const YamlPtr& value);

}  // namespace qnnsim
