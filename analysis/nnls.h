// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

namespace qnnsim {

/// The x >= 0 that minimises |a x - b|: Lawson and Hanson, Solving Least Squares Problems (1974),
/// chapter 23.
Eigen::VectorXd nnls(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);

}  // namespace qnnsim
