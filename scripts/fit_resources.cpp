// SPDX-License-Identifier: Apache-2.0
//
// qnnsim_fit_resources MEASUREMENTS.csv FEATURES.yaml: writes the fitted cost model to standard
// output and the table of its errors to standard error.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "analysis/resource_fit.h"

int main(int argc, char** argv) {
  using namespace qnnsim;
  if (argc != 3) {
    std::cerr << "usage: qnnsim_fit_resources MEASUREMENTS.csv FEATURES.yaml\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Findings findings;
  const auto features = load_features(argv[2], findings);
  if (!findings.empty() || text.empty()) {
    std::cerr << findings.render() << (text.empty() ? "no measurements\n" : "");
    return 2;
  }
  const auto fits = fit(read_measurements(text), features);
  std::cout << to_yaml(fits);
  std::cerr << error_table(fits);
  return 0;
}
