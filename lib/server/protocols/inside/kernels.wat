;; The arithmetic of a small transformer, four numbers at a time. Everything is f32 in little-endian order, every length is
;; a multiple of four, addresses are in bytes. A sum is always taken in the same order, however many columns are asked at
;; once: what a stream says does not depend on who else is being served.
;;
;; kernels.ts is made from this file: node scripts/kernels.mjs
(module
  (memory (export "memory") 1)

  ;; The sums of the lanes of four vectors, as one vector.
  (func $sums (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (local.set $a
      (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
    (local.set $c
      (f32x4.add
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
    (f32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))

  ;; The sum of the lanes of one vector, in the order of $sums.
  (func $sum (param $a v128) (result f32)
    (local.set $a
      (f32x4.add
        (local.get $a)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $a) (local.get $a))))
    (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a))))

  ;; e^x for each lane, x at most 0 (Cephes' expf: a polynomial on half a binary digit around 0, times a power of two).
  (func $exp (param $x v128) (result v128)
    (local $n v128) (local $p v128)
    (local.set $x (f32x4.max (local.get $x) (f32x4.splat (f32.const -87))))
    (local.set $n (f32x4.nearest (f32x4.mul (local.get $x) (f32x4.splat (f32.const 1.44269504)))))
    (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $n) (f32x4.splat (f32.const 0.693359375)))))
    (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $n) (f32x4.splat (f32.const -2.12194440e-4)))))
    (local.set $p (f32x4.splat (f32.const 1.9875691500e-4)))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (f32x4.splat (f32.const 1.3981999507e-3))))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (f32x4.splat (f32.const 8.3334519073e-3))))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (f32x4.splat (f32.const 4.1665795894e-2))))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (f32x4.splat (f32.const 1.6666665459e-1))))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (f32x4.splat (f32.const 5.0000001201e-1))))
    (local.set $p (f32x4.mul (f32x4.mul (local.get $p) (local.get $x)) (local.get $x)))
    (f32x4.mul
      (f32x4.add (f32x4.add (local.get $p) (local.get $x)) (f32x4.splat (f32.const 1)))
      (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127))
        (i32.const 23))))

  ;; y[n][rows] = x[n][cols] · w[rows][cols], added to what y holds when $adds is not 0.
  (func (export "multiply")
    (param $w i32) (param $x i32) (param $y i32) (param $rows i32) (param $cols i32) (param $n i32) (param $adds i32)
    (local $row i32) (local $b i32) (local $i i32) (local $end i32) (local $step i32) (local $out i32)
    (local $w1 i32) (local $w2 i32) (local $w3 i32) (local $x2 i32)
    (local $v v128) (local $u v128) (local $t v128)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local.set $step (i32.shl (local.get $cols) (i32.const 2)))
    (loop $rowsLoop
      (local.set $w1 (i32.add (local.get $w) (local.get $step)))
      (local.set $w2 (i32.add (local.get $w1) (local.get $step)))
      (local.set $w3 (i32.add (local.get $w2) (local.get $step)))
      (local.set $b (i32.const 0))
      (loop $columns
        (local.set $i (i32.const 0))
        (local.set $a0 (v128.const i32x4 0 0 0 0))
        (local.set $a1 (v128.const i32x4 0 0 0 0))
        (local.set $a2 (v128.const i32x4 0 0 0 0))
        (local.set $a3 (v128.const i32x4 0 0 0 0))
        (local.set $out
          (i32.add (local.get $y)
            (i32.shl (i32.add (i32.mul (local.get $b) (local.get $rows)) (local.get $row)) (i32.const 2))))
        (local.set $end (i32.add (local.get $x) (i32.mul (local.get $b) (local.get $step))))
        (if (i32.lt_u (i32.add (local.get $b) (i32.const 1)) (local.get $n))
          (then ;; two columns share each weight that is read
            (local.set $x2 (i32.add (local.get $end) (local.get $step)))
            (local.set $b0 (v128.const i32x4 0 0 0 0))
            (local.set $b1 (v128.const i32x4 0 0 0 0))
            (local.set $b2 (v128.const i32x4 0 0 0 0))
            (local.set $b3 (v128.const i32x4 0 0 0 0))
            (loop $dot
              (local.set $v (v128.load (i32.add (local.get $end) (local.get $i))))
              (local.set $u (v128.load (i32.add (local.get $x2) (local.get $i))))
              (local.set $t (v128.load (i32.add (local.get $w) (local.get $i))))
              (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $t) (local.get $v))))
              (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $t) (local.get $u))))
              (local.set $t (v128.load (i32.add (local.get $w1) (local.get $i))))
              (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $t) (local.get $v))))
              (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $t) (local.get $u))))
              (local.set $t (v128.load (i32.add (local.get $w2) (local.get $i))))
              (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $t) (local.get $v))))
              (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $t) (local.get $u))))
              (local.set $t (v128.load (i32.add (local.get $w3) (local.get $i))))
              (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $t) (local.get $v))))
              (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $t) (local.get $u))))
              (br_if $dot (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
            (local.set $v (call $sums (local.get $b0) (local.get $b1) (local.get $b2) (local.get $b3)))
            (local.set $i (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
            (if (local.get $adds) (then (local.set $v (f32x4.add (local.get $v) (v128.load (local.get $i))))))
            (v128.store (local.get $i) (local.get $v)))
          (else
            (loop $dot
              (local.set $v (v128.load (i32.add (local.get $end) (local.get $i))))
              (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (v128.load (i32.add (local.get $w) (local.get $i))) (local.get $v))))
              (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (v128.load (i32.add (local.get $w1) (local.get $i))) (local.get $v))))
              (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (v128.load (i32.add (local.get $w2) (local.get $i))) (local.get $v))))
              (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (v128.load (i32.add (local.get $w3) (local.get $i))) (local.get $v))))
              (br_if $dot (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))))
        (local.set $v (call $sums (local.get $a0) (local.get $a1) (local.get $a2) (local.get $a3)))
        (if (local.get $adds) (then (local.set $v (f32x4.add (local.get $v) (v128.load (local.get $out))))))
        (v128.store (local.get $out) (local.get $v))
        (br_if $columns (i32.lt_u (local.tee $b (i32.add (local.get $b) (i32.const 2))) (local.get $n))))
      (local.set $w (i32.add (local.get $w3) (local.get $step)))
      (br_if $rowsLoop (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 4))) (local.get $rows)))))

  ;; y = x / rms(x) · gain, for each of n columns.
  (func (export "normalize")
    (param $x i32) (param $gain i32) (param $y i32) (param $cols i32) (param $n i32) (param $epsilon f32)
    (local $i i32) (local $step i32) (local $a v128) (local $v v128)
    (local.set $step (i32.shl (local.get $cols) (i32.const 2)))
    (loop $columns
      (local.set $i (i32.const 0))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (loop $squares
        (local.set $v (v128.load (i32.add (local.get $x) (local.get $i))))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
        (br_if $squares (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $a
        (f32x4.splat
          (f32.div
            (f32.const 1)
            (f32.sqrt
              (f32.add
                (f32.div (call $sum (local.get $a)) (f32.convert_i32_u (local.get $cols)))
                (local.get $epsilon))))))
      (local.set $i (i32.const 0))
      (loop $scale
        (v128.store
          (i32.add (local.get $y) (local.get $i))
          (f32x4.mul
            (f32x4.mul (v128.load (i32.add (local.get $x) (local.get $i))) (local.get $a))
            (v128.load (i32.add (local.get $gain) (local.get $i)))))
        (br_if $scale (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $x (i32.add (local.get $x) (local.get $step)))
      (local.set $y (i32.add (local.get $y) (local.get $step)))
      (br_if $columns (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; Turns neighbouring pairs of x by the angles of a position, in place and for each head alike. $turn holds, for a head's
  ;; dimensions, the cosines (each twice) and behind them the sines (each twice, the first negated).
  (func (export "rotate") (param $x i32) (param $turn i32) (param $heads i32) (param $size i32)
    (local $i i32) (local $step i32) (local $v v128)
    (local.set $step (i32.shl (local.get $size) (i32.const 2)))
    (loop $each
      (local.set $i (i32.const 0))
      (loop $pairs
        (local.set $v (v128.load (i32.add (local.get $x) (local.get $i))))
        (v128.store
          (i32.add (local.get $x) (local.get $i))
          (f32x4.add
            (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $turn) (local.get $i))))
            (f32x4.mul
              (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $v) (local.get $v))
              (v128.load (i32.add (i32.add (local.get $turn) (local.get $step)) (local.get $i))))))
        (br_if $pairs (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $x (i32.add (local.get $x) (local.get $step)))
      (br_if $each (local.tee $heads (i32.sub (local.get $heads) (i32.const 1))))))

  ;; What each head of one column reads: out = softmax(q · keys · scale) · values over $length positions, which lie one
  ;; column (heads × size) after another. $scores has room for the positions, rounded up to four.
  (func (export "attend")
    (param $q i32) (param $keys i32) (param $values i32) (param $out i32) (param $scores i32)
    (param $length i32) (param $heads i32) (param $size i32) (param $scale f32)
    (local $i i32) (local $p i32) (local $end i32) (local $step i32) (local $stride i32) (local $at i32)
    (local $a v128) (local $top f32) (local $s f32)
    (local.set $step (i32.shl (local.get $size) (i32.const 2)))
    (local.set $stride (i32.mul (local.get $step) (local.get $heads)))
    (local.set $end (i32.shl (local.get $length) (i32.const 2)))
    (loop $each
      (local.set $top (f32.const -inf))
      (local.set $p (i32.const 0))
      (local.set $at (local.get $keys))
      (loop $positions
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $i (i32.const 0))
        (loop $dot
          (local.set $a
            (f32x4.add
              (local.get $a)
              (f32x4.mul
                (v128.load (i32.add (local.get $q) (local.get $i)))
                (v128.load (i32.add (local.get $at) (local.get $i))))))
          (br_if $dot (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
        (local.set $s (f32.mul (call $sum (local.get $a)) (local.get $scale)))
        (f32.store (i32.add (local.get $scores) (local.get $p)) (local.get $s))
        (local.set $top (f32.max (local.get $top) (local.get $s)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (br_if $positions (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
      ;; up to a whole vector with what adds nothing
      (loop $fill
        (if (i32.and (local.get $p) (i32.const 15))
          (then
            (f32.store (i32.add (local.get $scores) (local.get $p)) (f32.const -inf))
            (local.set $p (i32.add (local.get $p) (i32.const 4)))
            (br $fill))))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $weigh
        (v128.store
          (i32.add (local.get $scores) (local.get $i))
          (call $exp
            (f32x4.sub (v128.load (i32.add (local.get $scores) (local.get $i))) (f32x4.splat (local.get $top)))))
        (local.set $a (f32x4.add (local.get $a) (v128.load (i32.add (local.get $scores) (local.get $i)))))
        (br_if $weigh (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $p))))
      (local.set $s (f32.div (f32.const 1) (call $sum (local.get $a))))
      (local.set $i (i32.const 0))
      (loop $read
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $p (i32.const 0))
        (local.set $at (i32.add (local.get $values) (local.get $i)))
        (loop $mix
          (local.set $a
            (f32x4.add
              (local.get $a)
              (f32x4.mul (v128.load (local.get $at)) (v128.load32_splat (i32.add (local.get $scores) (local.get $p))))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $mix (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
        (v128.store (i32.add (local.get $out) (local.get $i)) (f32x4.mul (local.get $a) (f32x4.splat (local.get $s))))
        (br_if $read (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $q (i32.add (local.get $q) (local.get $step)))
      (local.set $keys (i32.add (local.get $keys) (local.get $step)))
      (local.set $values (i32.add (local.get $values) (local.get $step)))
      (local.set $out (i32.add (local.get $out) (local.get $step)))
      (br_if $each (local.tee $heads (i32.sub (local.get $heads) (i32.const 1))))))

  ;; x = max(x, 0)², in place, over $length numbers.
  (func (export "square") (param $x i32) (param $length i32)
    (local $end i32) (local $v v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $length) (i32.const 2))))
    (loop $each
      (local.set $v (f32x4.max (v128.load (local.get $x)) (v128.const i32x4 0 0 0 0)))
      (v128.store (local.get $x) (f32x4.mul (local.get $v) (local.get $v)))
      (br_if $each (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $end)))))

  ;; From here: the way back, for training.

  ;; g[rows][cols] += d[n][rows] transposed · x[n][cols]. $rows is a multiple of four, $cols of eight.
  (func (export "outer")
    (param $d i32) (param $x i32) (param $g i32) (param $rows i32) (param $cols i32) (param $n i32)
    (local $row i32) (local $col i32) (local $t i32) (local $dAt i32) (local $xAt i32) (local $out i32)
    (local $dStep i32) (local $xStep i32)
    (local $v v128) (local $u v128) (local $s v128)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local.set $dStep (i32.shl (local.get $rows) (i32.const 2)))
    (local.set $xStep (i32.shl (local.get $cols) (i32.const 2)))
    (loop $rowsLoop
      (local.set $col (i32.const 0))
      (loop $colsLoop
        (local.set $a0 (v128.const i32x4 0 0 0 0))
        (local.set $a1 (v128.const i32x4 0 0 0 0))
        (local.set $a2 (v128.const i32x4 0 0 0 0))
        (local.set $a3 (v128.const i32x4 0 0 0 0))
        (local.set $b0 (v128.const i32x4 0 0 0 0))
        (local.set $b1 (v128.const i32x4 0 0 0 0))
        (local.set $b2 (v128.const i32x4 0 0 0 0))
        (local.set $b3 (v128.const i32x4 0 0 0 0))
        (local.set $t (local.get $n))
        (local.set $dAt (i32.add (local.get $d) (local.get $row)))
        (local.set $xAt (i32.add (local.get $x) (local.get $col)))
        (loop $each
          (local.set $v (v128.load (local.get $xAt)))
          (local.set $u (v128.load offset=16 (local.get $xAt)))
          (local.set $s (v128.load32_splat (local.get $dAt)))
          (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $s) (local.get $v))))
          (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $s) (local.get $u))))
          (local.set $s (v128.load32_splat offset=4 (local.get $dAt)))
          (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $s) (local.get $v))))
          (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $s) (local.get $u))))
          (local.set $s (v128.load32_splat offset=8 (local.get $dAt)))
          (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $s) (local.get $v))))
          (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $s) (local.get $u))))
          (local.set $s (v128.load32_splat offset=12 (local.get $dAt)))
          (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $s) (local.get $v))))
          (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $s) (local.get $u))))
          (local.set $dAt (i32.add (local.get $dAt) (local.get $dStep)))
          (local.set $xAt (i32.add (local.get $xAt) (local.get $xStep)))
          (br_if $each (local.tee $t (i32.sub (local.get $t) (i32.const 1)))))
        (local.set $out (i32.add (local.get $g) (local.get $col)))
        (call $grow (local.get $out) (local.get $a0) (local.get $b0))
        (local.set $out (i32.add (local.get $out) (local.get $xStep)))
        (call $grow (local.get $out) (local.get $a1) (local.get $b1))
        (local.set $out (i32.add (local.get $out) (local.get $xStep)))
        (call $grow (local.get $out) (local.get $a2) (local.get $b2))
        (call $grow (i32.add (local.get $out) (local.get $xStep)) (local.get $a3) (local.get $b3))
        (br_if $colsLoop (i32.lt_u (local.tee $col (i32.add (local.get $col) (i32.const 32))) (local.get $xStep))))
      (local.set $g (i32.add (local.get $g) (i32.shl (local.get $xStep) (i32.const 2))))
      (br_if $rowsLoop (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $dStep)))))

  ;; Adds two vectors to eight numbers.
  (func $grow (param $at i32) (param $a v128) (param $b v128)
    (v128.store (local.get $at) (f32x4.add (v128.load (local.get $at)) (local.get $a)))
    (v128.store offset=16 (local.get $at) (f32x4.add (v128.load offset=16 (local.get $at)) (local.get $b))))

  ;; The way back through normalize: adds to $dx and $dGain what $dy says.
  (func (export "normalizeBack")
    (param $x i32) (param $gain i32) (param $dy i32) (param $dx i32) (param $dGain i32)
    (param $cols i32) (param $n i32) (param $epsilon f32)
    (local $i i32) (local $step i32) (local $a v128) (local $b v128) (local $v v128) (local $s f32)
    (local.set $step (i32.shl (local.get $cols) (i32.const 2)))
    (loop $columns
      (local.set $i (i32.const 0))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $b (v128.const i32x4 0 0 0 0))
      (loop $sumsLoop
        (local.set $v (v128.load (i32.add (local.get $x) (local.get $i))))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $b
          (f32x4.add
            (local.get $b)
            (f32x4.mul
              (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $dy) (local.get $i))))
              (v128.load (i32.add (local.get $gain) (local.get $i))))))
        (br_if $sumsLoop (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $s
        (f32.div
          (f32.const 1)
          (f32.sqrt
            (f32.add
              (f32.div (call $sum (local.get $a)) (f32.convert_i32_u (local.get $cols)))
              (local.get $epsilon)))))
      (local.set $a (f32x4.splat (local.get $s)))
      (local.set $b
        (f32x4.splat
          (f32.div
            (f32.mul
              (call $sum (local.get $b))
              (f32.mul (local.get $s) (f32.mul (local.get $s) (local.get $s))))
            (f32.convert_i32_u (local.get $cols)))))
      (local.set $i (i32.const 0))
      (loop $each
        (local.set $v
          (f32x4.mul (v128.load (i32.add (local.get $dy) (local.get $i))) (local.get $a)))
        (v128.store
          (i32.add (local.get $dx) (local.get $i))
          (f32x4.add
            (v128.load (i32.add (local.get $dx) (local.get $i)))
            (f32x4.sub
              (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $gain) (local.get $i))))
              (f32x4.mul (v128.load (i32.add (local.get $x) (local.get $i))) (local.get $b)))))
        (v128.store
          (i32.add (local.get $dGain) (local.get $i))
          (f32x4.add
            (v128.load (i32.add (local.get $dGain) (local.get $i)))
            (f32x4.mul (local.get $v) (v128.load (i32.add (local.get $x) (local.get $i))))))
        (br_if $each (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $x (i32.add (local.get $x) (local.get $step)))
      (local.set $dy (i32.add (local.get $dy) (local.get $step)))
      (local.set $dx (i32.add (local.get $dx) (local.get $step)))
      (br_if $columns (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; The way back through square: d = d · 2 max(x, 0), over $length numbers; x is what square was given.
  (func (export "squareBack") (param $x i32) (param $d i32) (param $length i32)
    (local $end i32) (local $v v128)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $length) (i32.const 2))))
    (loop $each
      (local.set $v (f32x4.max (v128.load (local.get $x)) (v128.const i32x4 0 0 0 0)))
      (v128.store
        (local.get $d)
        (f32x4.mul (v128.load (local.get $d)) (f32x4.add (local.get $v) (local.get $v))))
      (local.set $d (i32.add (local.get $d) (i32.const 16)))
      (br_if $each (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $end)))))

  ;; The way back through attend, for one column: $dq is set; $dKeys and $dValues, which lie as keys and values do, are added
  ;; to. Scores are reckoned anew. $scores has room for twice the positions, rounded up to four.
  (func (export "attendBack")
    (param $q i32) (param $keys i32) (param $values i32) (param $dOut i32)
    (param $dq i32) (param $dKeys i32) (param $dValues i32) (param $scores i32)
    (param $length i32) (param $heads i32) (param $size i32) (param $scale f32)
    (local $i i32) (local $p i32) (local $end i32) (local $step i32) (local $stride i32) (local $at i32) (local $to i32)
    (local $dScores i32) (local $a v128) (local $b v128) (local $top f32) (local $s f32) (local $along f32)
    (local.set $step (i32.shl (local.get $size) (i32.const 2)))
    (local.set $stride (i32.mul (local.get $step) (local.get $heads)))
    (local.set $end (i32.shl (local.get $length) (i32.const 2)))
    (local.set $dScores
      (i32.add (local.get $scores) (i32.and (i32.add (local.get $end) (i32.const 15)) (i32.const -16))))
    (loop $each
      ;; scores, and what the values say of them
      (local.set $top (f32.const -inf))
      (local.set $p (i32.const 0))
      (local.set $at (local.get $keys))
      (local.set $to (local.get $values))
      (loop $positions
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $i (i32.const 0))
        (loop $dot
          (local.set $a
            (f32x4.add
              (local.get $a)
              (f32x4.mul
                (v128.load (i32.add (local.get $q) (local.get $i)))
                (v128.load (i32.add (local.get $at) (local.get $i))))))
          (local.set $b
            (f32x4.add
              (local.get $b)
              (f32x4.mul
                (v128.load (i32.add (local.get $dOut) (local.get $i)))
                (v128.load (i32.add (local.get $to) (local.get $i))))))
          (br_if $dot (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
        (local.set $s (f32.mul (call $sum (local.get $a)) (local.get $scale)))
        (f32.store (i32.add (local.get $scores) (local.get $p)) (local.get $s))
        (f32.store (i32.add (local.get $dScores) (local.get $p)) (call $sum (local.get $b)))
        (local.set $top (f32.max (local.get $top) (local.get $s)))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $to (i32.add (local.get $to) (local.get $stride)))
        (br_if $positions (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
      (loop $fill
        (if (i32.and (local.get $p) (i32.const 15))
          (then
            (f32.store (i32.add (local.get $scores) (local.get $p)) (f32.const -inf))
            (f32.store (i32.add (local.get $dScores) (local.get $p)) (f32.const 0))
            (local.set $p (i32.add (local.get $p) (i32.const 4)))
            (br $fill))))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $weigh
        (v128.store
          (i32.add (local.get $scores) (local.get $i))
          (call $exp
            (f32x4.sub (v128.load (i32.add (local.get $scores) (local.get $i))) (f32x4.splat (local.get $top)))))
        (local.set $a (f32x4.add (local.get $a) (v128.load (i32.add (local.get $scores) (local.get $i)))))
        (br_if $weigh (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $p))))
      (local.set $s (f32.div (f32.const 1) (call $sum (local.get $a))))
      (local.set $a (v128.const i32x4 0 0 0 0))
      (local.set $i (i32.const 0))
      (loop $share
        (local.set $b
          (f32x4.mul (v128.load (i32.add (local.get $scores) (local.get $i))) (f32x4.splat (local.get $s))))
        (v128.store (i32.add (local.get $scores) (local.get $i)) (local.get $b))
        (local.set $a
          (f32x4.add
            (local.get $a)
            (f32x4.mul (local.get $b) (v128.load (i32.add (local.get $dScores) (local.get $i))))))
        (br_if $share (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $p))))
      (local.set $along (call $sum (local.get $a)))
      (local.set $i (i32.const 0))
      (loop $soften
        (v128.store
          (i32.add (local.get $dScores) (local.get $i))
          (f32x4.mul
            (f32x4.mul
              (v128.load (i32.add (local.get $scores) (local.get $i)))
              (f32x4.sub
                (v128.load (i32.add (local.get $dScores) (local.get $i)))
                (f32x4.splat (local.get $along))))
            (f32x4.splat (local.get $scale))))
        (br_if $soften (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $p))))
      ;; to the query, the keys and the values, four dimensions at a time
      (local.set $i (i32.const 0))
      (loop $read
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $p (i32.const 0))
        (local.set $at (local.get $i))
        (loop $mix
          (local.set $b (v128.load32_splat (i32.add (local.get $dScores) (local.get $p))))
          (local.set $a
            (f32x4.add
              (local.get $a)
              (f32x4.mul (local.get $b) (v128.load (i32.add (local.get $keys) (local.get $at))))))
          (local.set $to (i32.add (local.get $dKeys) (local.get $at)))
          (v128.store
            (local.get $to)
            (f32x4.add
              (v128.load (local.get $to))
              (f32x4.mul (local.get $b) (v128.load (i32.add (local.get $q) (local.get $i))))))
          (local.set $to (i32.add (local.get $dValues) (local.get $at)))
          (v128.store
            (local.get $to)
            (f32x4.add
              (v128.load (local.get $to))
              (f32x4.mul
                (v128.load32_splat (i32.add (local.get $scores) (local.get $p)))
                (v128.load (i32.add (local.get $dOut) (local.get $i))))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $mix (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
        (v128.store (i32.add (local.get $dq) (local.get $i)) (local.get $a))
        (br_if $read (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $step))))
      (local.set $q (i32.add (local.get $q) (local.get $step)))
      (local.set $keys (i32.add (local.get $keys) (local.get $step)))
      (local.set $values (i32.add (local.get $values) (local.get $step)))
      (local.set $dOut (i32.add (local.get $dOut) (local.get $step)))
      (local.set $dq (i32.add (local.get $dq) (local.get $step)))
      (local.set $dKeys (i32.add (local.get $dKeys) (local.get $step)))
      (local.set $dValues (i32.add (local.get $dValues) (local.get $step)))
      (br_if $each (local.tee $heads (i32.sub (local.get $heads) (i32.const 1)))))))
