// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibration_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sim/formula.h"

namespace qnnsim {
namespace {

/// The numbers of a KernelTiming that may differ from point to point.
struct VaryingField {
  const char* name;
  std::int64_t KernelTiming::*field;
};

constexpr const char* kLatency = "latency";

constexpr VaryingField kVarying[] = {
    {kLatency, &KernelTiming::latency},    {"capacity", &KernelTiming::capacity},
    {"queue", &KernelTiming::queue},       {"start", &KernelTiming::start},
    {"interval", &KernelTiming::interval}, {"frame_gap", &KernelTiming::frame_gap}};

/// A point that goes into the fit, with all timings that its beats allow.
struct FittedPoint {
  Traits traits;
  std::vector<PointTiming> timings;
};

/// "frozen, no buffer, latency 6, queue 2": the style and every number that says something.
std::string timing_text(const KernelTiming& timing) {
  std::string text = style_text(timing);
  const KernelTiming none;
  for (const VaryingField& varying : kVarying) {
    const std::int64_t value = timing.*varying.field;
    const bool always =
        varying.field == &KernelTiming::latency || varying.field == &KernelTiming::queue;
    if (!always && value == none.*varying.field) continue;
    text += fmt::format(", {} {}", varying.name, value);
  }
  return text;
}

bool same_style(const KernelTiming& a, const KernelTiming& b) { return style_of(a) == style_of(b); }

/// What the timings allow for one of their numbers, the likeliest first, each once.
Observation observe(const FittedPoint& point, std::int64_t KernelTiming::*field) {
  Observation seen{point.traits, {}};
  for (const PointTiming& found : point.timings) {
    const std::int64_t value = found.timing.*field;
    if (std::find(seen.values.begin(), seen.values.end(), value) == seen.values.end()) {
      seen.values.push_back(value);
    }
    if (found.or_larger && field == &KernelTiming::capacity) {
      seen.least = std::min(seen.least.value_or(value), value);
    }
  }
  return seen;
}

/// Explains the timings of points by formulas, splitting the points where one does not do.
class Explainer {
 public:
  /// Sums are of `terms` and those of the library, at most `most_terms` of them.
  Explainer(std::vector<std::string> terms, std::size_t most_terms)
      : terms_(std::move(terms)), most_terms_(most_terms) {}

  /// Nothing where no formulas do; `why` says what is not explained.
  std::vector<TimingFit> explain_all(const std::vector<const FittedPoint*>& points,
                                     const std::string& when, int depth) {
    if (auto fit = explain_group(points)) {
      fit->when = when;
      return {std::move(*fit)};
    }
    if (depth == 0) return {};
    std::vector<TimingFit> best;
    // Sums of two terms take a hundred times as long as those of one.
    const std::size_t most_conditions = most_terms_ == 1 ? 400 : 40;
    std::vector<std::string> tried = conditions(points);
    if (tried.size() > most_conditions) tried.resize(most_conditions);
    for (const std::string& condition : tried) {
      std::vector<TimingFit> fits = explain_sides(points, when, condition, depth - 1);
      if (!fits.empty() && (best.empty() || terms_in(fits) < terms_in(best))) {
        best = std::move(fits);
      }
    }
    return best;
  }

  /// How much the fits say.
  static std::size_t terms_in(const std::vector<TimingFit>& fits) {
    std::size_t terms = 0;
    for (const TimingFit& fit : fits) {
      ++terms;
      for (const auto& field : fit.fields) terms += field.second.terms;
    }
    return terms;
  }

  const std::string& why() const { return why_; }

 private:
  /// As `explain_all`, of the points where `condition` holds and of the others by themselves.
  std::vector<TimingFit> explain_sides(const std::vector<const FittedPoint*>& points,
                                       const std::string& when, const std::string& condition,
                                       int depth) {
    const Formula formula(condition);
    std::vector<const FittedPoint*> sides[2];
    for (const FittedPoint* point : points) {
      sides[formula(point->traits) != 0 ? 0 : 1].push_back(point);
    }
    if (sides[0].empty() || sides[1].empty()) return {};
    const std::string both =
        when.empty() ? condition : fmt::format("({}) && ({})", when, condition);
    std::vector<TimingFit> fits = explain_all(sides[0], both, depth);
    if (fits.empty()) return {};
    const std::vector<TimingFit> others = explain_all(sides[1], when, depth);
    if (others.empty()) return {};
    fits.insert(fits.end(), others.begin(), others.end());
    return fits;
  }

  /// One timing for all of `points`.
  std::optional<TimingFit> explain_group(const std::vector<const FittedPoint*>& points) {
    for (const PointTiming& found : points.front()->timings) {
      const KernelTiming style = style_of(found.timing);
      if (std::any_of(tried_.begin(), tried_.end(),
                      [&](const KernelTiming& other) { return other == style; })) {
        continue;
      }
      tried_.push_back(style);
      if (auto fit = explain_style(points, style)) {
        tried_.clear();
        return fit;
      }
    }
    tried_.clear();
    return std::nullopt;
  }

  std::optional<TimingFit> explain_style(const std::vector<const FittedPoint*>& points,
                                         const KernelTiming& style) {
    std::vector<FittedPoint> left;
    for (const FittedPoint* point : points) {
      left.push_back({point->traits, {}});
      for (const PointTiming& found : point->timings) {
        if (same_style(found.timing, style)) left.back().timings.push_back(found);
      }
      if (left.back().timings.empty()) return std::nullopt;
    }
    TimingFit fit;
    fit.style = style;
    for (const VaryingField& varying : kVarying) {
      std::vector<Observation> observations;
      for (const FittedPoint& point : left) {
        observations.push_back(observe(point, varying.field));
        // The latency is explained by now: what else depends on it may say so.
        observations.back().traits[kLatency] = point.timings.front().timing.latency;
      }
      const bool is_latency = varying.field == &KernelTiming::latency;
      if (is_latency) {
        for (Observation& seen : observations) seen.traits.erase(kLatency);
      }
      auto explanation = explain(observations, candidates(observations), most_terms_);
      if (!explanation) {
        why_ = unexplained(varying, left);
        return std::nullopt;
      }
      const Formula formula(explanation->formula);
      for (std::size_t i = 0; i < left.size(); ++i) {
        const std::int64_t value = std::llround(formula(observations[i].traits));
        keep_those_with(varying, value, left[i].timings);
      }
      if (!is_latency) inline_latency(*explanation, fit.fields.at(kLatency).formula);
      fit.fields.emplace(varying.name, std::move(*explanation));
    }
    return fit;
  }

  /// Drops the timings that do not have `value`.
  static void keep_those_with(const VaryingField& varying, std::int64_t value,
                              std::vector<PointTiming>& timings) {
    const bool is_capacity = varying.field == &KernelTiming::capacity;
    std::vector<PointTiming> kept;
    for (const PointTiming& found : timings) {
      const std::int64_t own = found.timing.*varying.field;
      if (own == value || (is_capacity && found.or_larger && value >= own)) kept.push_back(found);
    }
    timings = std::move(kept);
  }

  /// Formulas in files have traits only: what a formula says of the latency is written out.
  static void inline_latency(Explanation& explanation, const std::string& latency) {
    auto& rivals = explanation.rivals;
    rivals.erase(std::remove_if(rivals.begin(), rivals.end(),
                                [](const std::string& rival) {
                                  return rival.find(kLatency) != std::string::npos;
                                }),
                 rivals.end());
    std::string& formula = explanation.formula;
    const std::size_t at = formula.find(kLatency);
    if (at == std::string::npos) return;
    const bool is_sum = latency.find(' ') != std::string::npos && formula != kLatency;
    formula.replace(at, std::string_view(kLatency).size(), is_sum ? "(" + latency + ")" : latency);
  }

  std::vector<std::string> candidates(const std::vector<Observation>& observations) const {
    std::vector<std::string> terms = terms_;
    for (std::string& term : library_of_terms(observations)) {
      if (term.find(kLatency) == std::string::npos) terms.push_back(std::move(term));
    }
    // Last: what can be said without it is.
    if (observations.front().traits.count(kLatency) != 0) terms.emplace_back(kLatency);
    return terms;
  }

  static std::string unexplained(const VaryingField& varying,
                                 const std::vector<FittedPoint>& points) {
    std::vector<std::string> values;
    for (const FittedPoint& point : points) {
      values.push_back(fmt::format("{}", point.timings.front().timing.*varying.field));
    }
    return fmt::format("no sum of few terms gives the {} of all points: {}", varying.name,
                       join(values));
  }

  /// What may tell points of one timing from those of another, the simplest first.
  static std::vector<std::string> conditions(const std::vector<const FittedPoint*>& points) {
    std::map<std::string, std::set<std::int64_t>> values;
    for (const FittedPoint* point : points) {
      for (const auto& [name, value] : point->traits) values[name].insert(value);
    }
    std::vector<std::string> conditions;
    std::vector<std::string> varying;
    for (const auto& [name, seen] : values) {
      if (seen.size() < 2) continue;
      varying.push_back(name);
      conditions.push_back(fmt::format("{} == {}", name, *seen.begin()));
    }
    for (const std::string& name : varying) {
      for (std::int64_t value : values[name]) {
        if (value == *values[name].begin()) continue;
        conditions.push_back(fmt::format("{} >= {}", name, value));
        conditions.push_back(fmt::format("{} == {}", name, value));
      }
    }
    for (const auto& [a, unused_a] : values) {
      for (const auto& [b, unused_b] : values) {
        (void)unused_a;
        (void)unused_b;
        if (a == b) continue;
        if (a < b) conditions.push_back(fmt::format("{} == {}", a, b));
        conditions.push_back(fmt::format("{} > {}", a, b));
      }
    }
    return conditions;
  }

  const std::vector<std::string> terms_;
  const std::size_t most_terms_;
  std::vector<KernelTiming> tried_;
  std::string why_;
};

/// Fits one recording.
class Fitter {
 public:
  /// With `styles`, no others are tried.
  Fitter(const CalibrationFile& file, const Recording& recording, const FitOptions& options,
         Cycle tolerance, std::vector<KernelTiming> styles)
      : file_(file), recording_(recording), options_(options), styles_(std::move(styles)) {
    fit_.tolerance = tolerance;
    for (std::size_t i = 0; i < file.points.size(); ++i) {
      if (!recording.ran(i)) continue;
      searches_.emplace_back(file, i, recording.traces.points[i], tolerance, options.stop);
      indices_.push_back(i);
    }
  }

  CalibrationFit fit() {
    std::vector<TimingFit> best;
    for (bool thorough : {false, true}) {
      fit_.entries.clear();
      std::vector<FittedPoint> points = solve_points(thorough);
      if (points.empty() || stopped()) return std::move(fit_);
      explain_points(points);
      const bool is_simpler =
          !fit_.entries.empty() &&
          (best.empty() || Explainer::terms_in(fit_.entries) < Explainer::terms_in(best));
      if (is_simpler) best = std::move(fit_.entries);
      // Where one timing does not do for all points, another kind of buffer may.
      if (best.size() == 1) break;
    }
    fit_.entries = std::move(best);
    if (!fit_.entries.empty()) fit_.refusal.reset();
    if (!fit_.entries.empty() && !stopped()) check_all();
    return std::move(fit_);
  }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  static void add_style(std::vector<KernelTiming>& styles, const KernelTiming& style) {
    if (std::none_of(styles.begin(), styles.end(),
                     [&](const KernelTiming& other) { return other == style; })) {
      styles.push_back(style);
    }
  }

  /// The timings of the points that are not kept out; none, and a refusal, where one has none.
  std::vector<FittedPoint> solve_points(bool thorough) {
    std::vector<FittedPoint> points;
    std::vector<KernelTiming> styles;
    for (PointSearch& search : searches_) {
      if (search.point().held_out) continue;
      if (options_.progress) options_.progress("fitting " + search.point().name);
      // A style for all points is one of the first point's; one for some of them may be another.
      std::vector<PointTiming> timings;
      if (!styles_.empty()) {
        timings = search.solve(styles_, thorough);
      } else {
        if (!thorough) timings = search.solve(styles, false);
        if (timings.empty()) timings = search.solve({}, thorough);
      }
      if (stopped()) return {};
      if (timings.empty()) {
        refuse("the model cannot move every beat when the RTL does", search);
        return {};
      }
      for (const PointTiming& found : timings) add_style(styles, style_of(found.timing));
      points.push_back({search.point().model->traits(), std::move(timings)});
    }
    if (points.empty()) fit_.refusal = FitRefusal{"there is no point to fit", {}, {}, {}};
    return points;
  }

  void explain_points(const std::vector<FittedPoint>& points) {
    std::vector<const FittedPoint*> all;
    for (const FittedPoint& point : points) all.push_back(&point);
    std::string why;
    // Few terms before few conditions, but neither at any price.
    for (const auto& [most_terms, splits] :
         {std::pair<std::size_t, int>{1, 0}, {2, 0}, {1, 1}, {3, 0}, {2, 1}, {1, 2}}) {
      if (options_.progress) options_.progress("explaining the timings of all points");
      Explainer explainer(file_.terms, most_terms);
      fit_.entries = explainer.explain_all(all, "", splits);
      if (!fit_.entries.empty() || stopped()) return;
      if (splits == 0) why = explainer.why();
    }
    FitRefusal refusal;
    refusal.reason =
        why.empty() ? "every point has a timing, but no condition tells their styles apart" : why;
    std::size_t next = 0;
    for (const PointSearch& search : searches_) {
      if (search.point().held_out) continue;
      const KernelTiming& timing = points[next++].timings.front().timing;
      refusal.details.push_back(search.point().name + ": " + timing_text(timing));
    }
    fit_.refusal = std::move(refusal);
  }

  /// Checks the formulas at every point, and measures how far they are off.
  void check_all() {
    for (std::size_t i = 0; i < searches_.size(); ++i) {
      const PointSearch& search = searches_[i];
      const Traits traits = search.point().model->traits();
      const TimingFit* entry = entry_of(traits);
      std::optional<Attempt> attempt;
      try {
        if (entry != nullptr) attempt = search.check(entry->timing(traits));
      } catch (const ParameterError& error) {
        refuse(fmt::format("the fit gives a timing that the model cannot have: {}", error.what()),
               search);
        return;
      }
      if (attempt) {
        refuse(search.point().held_out ? "the fit fails at a point kept out of it"
                                       : "the fit fails at a point",
               search, *attempt);
        return;
      }
      add_residuals(i, entry->timing(traits));
    }
  }

  const TimingFit* entry_of(const Traits& traits) const {
    for (const TimingFit& entry : fit_.entries) {
      if (entry.when.empty() || Formula(entry.when)(traits) != 0) return &entry;
    }
    return &fit_.entries.back();
  }

  void add_residuals(std::size_t index, const KernelTiming& timing) {
    const PointSearch& search = searches_[index];
    for (std::size_t k = 0; k < search.pressures(); ++k) {
      const RunTrace& rtl = search.trace(k);
      const RunTrace model = search.model_run(timing, k, 64 + fit_.tolerance);
      Residual residual;
      residual.point = indices_[index];
      residual.pressure = rtl.pressure;
      for (std::size_t s = 0; s < rtl.streams.size(); ++s) {
        const std::vector<Cycle>& a = model.streams[s].moved;
        const std::vector<Cycle>& b = rtl.streams[s].moved;
        residual.beats += b.size();
        for (std::size_t beat = 0; beat < std::min(a.size(), b.size()); ++beat) {
          const Cycle error = a[beat] > b[beat] ? a[beat] - b[beat] : b[beat] - a[beat];
          residual.worst = std::max<std::uint64_t>(residual.worst, error);
          residual.error_cycles += error;
        }
      }
      fit_.residuals.push_back(std::move(residual));
    }
  }

  void refuse(const std::string& reason, const PointSearch& search) {
    FitRefusal refusal{reason, search.point().name, {}, {}};
    for (const auto& [flow, attempt] : search.best()) {
      (void)flow;
      refusal.attempts.push_back(attempt);
    }
    std::sort(refusal.attempts.begin(), refusal.attempts.end(),
              [](const Attempt& a, const Attempt& b) {
                return std::pair(a.pressure, a.difference.cycle()) >
                       std::pair(b.pressure, b.difference.cycle());
              });
    for (const Attempt& attempt : refusal.attempts) {
      refusal.details.push_back(detail(search, attempt));
    }
    fit_.refused_entries = std::move(fit_.entries);
    fit_.entries.clear();
    fit_.refusal = std::move(refusal);
  }

  void refuse(const std::string& reason, const PointSearch& search, const Attempt& attempt) {
    fit_.refused_entries = std::move(fit_.entries);
    fit_.entries.clear();
    fit_.refusal = FitRefusal{reason, search.point().name, {attempt}, {detail(search, attempt)}};
  }

  /// "frozen, ...: under 'free' beat 6 of m_axis moves in cycle 12, that of the RTL in cycle 13".
  static std::string detail(const PointSearch& search, const Attempt& attempt) {
    constexpr Cycle kMore = 4096;
    const BeatDifference& difference = attempt.difference;
    std::optional<Cycle> model = difference.model;
    if (!model) {
      const RunTrace run = search.model_run(attempt.timing, attempt.pressure, kMore);
      const std::vector<Cycle>& moved = run.streams[difference.stream].moved;
      if (difference.beat < moved.size()) model = moved[difference.beat];
    }
    const auto in_cycle = [](const std::optional<Cycle>& cycle) {
      return cycle ? fmt::format("in cycle {}", *cycle) : std::string("not at all");
    };
    return fmt::format("{}: under '{}' the model moves beat {} of {} {}, the RTL {}",
                       timing_text(attempt.timing), search.pressure(attempt.pressure).name,
                       difference.beat,
                       search.trace(attempt.pressure).streams[difference.stream].name,
                       in_cycle(model), in_cycle(difference.rtl));
  }

  const CalibrationFile& file_;
  const Recording& recording_;
  const FitOptions& options_;
  const std::vector<KernelTiming> styles_;
  std::vector<PointSearch> searches_;
  std::vector<std::size_t> indices_;  ///< of the points searched
  CalibrationFit fit_;
};

}  // namespace

KernelTiming TimingFit::timing(const Traits& traits) const {
  KernelTiming timing = style;
  for (const VaryingField& varying : kVarying) {
    timing.*varying.field = std::llround(Formula(fields.at(varying.name).formula)(traits));
  }
  return timing;
}

CalibrationFit fit_timing(const CalibrationFile& file, const Recording& recording,
                          const FitOptions& options) {
  CalibrationFit exact = Fitter(file, recording, options, 0, {}).fit();
  const auto is_over = [&](const CalibrationFit& fit) {
    return !fit.entries.empty() || (options.stop != nullptr && options.stop->load());
  };
  if (is_over(exact) || !exact.refusal) return exact;
  // What comes close is of a style that has come far.
  std::vector<KernelTiming> styles;
  for (const Attempt& attempt : exact.refusal->attempts) styles.push_back(style_of(attempt.timing));
  for (Cycle tolerance = 1; tolerance <= options.tolerance; ++tolerance) {
    CalibrationFit fit = Fitter(file, recording, options, tolerance, styles).fit();
    if (is_over(fit)) return fit;
  }
  return exact;
}

}  // namespace qnnsim
