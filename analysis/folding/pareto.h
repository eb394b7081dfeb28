// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace qnnsim {

/// Adds `added` to elements of which none is at most another, unless one is at most it; takes out
/// those that it is at most. `at_most(a, b)`: a is nowhere worse than b.
template <typename Element, typename AtMost>
void insert_if_best(std::vector<Element>& elements, const Element& added, const AtMost& at_most) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!at_most(elements[i], added)) continue;
    // Towards the front: who beats one beats many.
    if (i > 0) std::swap(elements[i], elements[i / 2]);
    return;
  }
  elements.erase(std::remove_if(elements.begin(), elements.end(),
                                [&](const Element& other) { return at_most(added, other); }),
                 elements.end());
  elements.push_back(added);
}

}  // namespace qnnsim
