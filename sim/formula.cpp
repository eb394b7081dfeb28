// SPDX-License-Identifier: Apache-2.0
#include "sim/formula.h"

#include <muParser.h>

#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include "models/memory_blocks.h"
#include "models/pipeline.h"

namespace qnnsim {
namespace {

double clog2_of(double value) { return clog2(std::llround(std::ceil(value))); }
double ceil_of(double value) { return std::ceil(value); }
double floor_of(double value) { return std::floor(value); }
double bram18_of(double width, double depth) {
  return static_cast<double>(bram18_blocks(std::llround(width), std::llround(depth)));
}
double uram_of(double width, double depth) {
  return static_cast<double>(uram_blocks(std::llround(width), std::llround(depth)));
}

}  // namespace

struct Formula::Parser {
  mu::Parser parser;
  std::map<std::string, double> values;  ///< of the variables; the parser points to them
};

Formula::Formula(std::string text) : text_(std::move(text)), parser_(std::make_unique<Parser>()) {
  mu::Parser& parser = parser_->parser;
  try {
    parser.DefineFun("clog2", clog2_of);
    parser.DefineFun("ceil", ceil_of);
    parser.DefineFun("floor", floor_of);
    parser.DefineFun("bram18", bram18_of);
    parser.DefineFun("uram", uram_of);
    parser.SetExpr(text_);
    for (const auto& used : parser.GetUsedVar()) parser_->values[used.first] = 0;
    for (auto& [name, value] : parser_->values) parser.DefineVar(name, &value);
    parser.Eval();
  } catch (const mu::ParserError& error) {
    throw std::invalid_argument(error.GetMsg());
  }
}

Formula::~Formula() = default;
Formula::Formula(Formula&&) noexcept = default;
Formula& Formula::operator=(Formula&&) noexcept = default;

double Formula::operator()(const Traits& traits) const {
  for (auto& [name, value] : parser_->values) {
    const auto trait = traits.find(name);
    value = trait == traits.end() ? 0 : static_cast<double>(trait->second);
  }
  return parser_->parser.Eval();
}

std::vector<std::string> Formula::traits() const {
  std::vector<std::string> names;
  for (const auto& value : parser_->values) names.push_back(value.first);
  return names;
}

}  // namespace qnnsim
