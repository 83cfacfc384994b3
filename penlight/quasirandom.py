"""`torch.quasirandom`: Sobol' sequences, points that fill the unit cube more evenly than random ones.

Direction numbers: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J.
Sci. Comput. 30 (2008), file new-joe-kuo-6. Dimension j has the j-th primitive polynomial over GF(2), which is computed;
the numbers that its recurrence begins with come from a search, and are a table here as far as degree 13: 1,111
dimensions. PyTorch's 21,201 would take 380 KB.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.ledger.missing import module_getattr
from penlight.tensor import Tensor
from penlight.tensor import tensor_ops as ops
from penlight.tensor.generator import Generator
from penlight.tensor.random import randint

__all__ = ["SobolEngine"]
__getattr__ = module_getattr(__name__)

_BITS = 30


def _product(a: int, b: int, polynomial: int) -> int:
    """a b modulo a polynomial, whose coefficients are the bits of the numbers."""
    result, top = 0, 1 << polynomial.bit_length() - 1
    while b:
        if b & 1:
            result ^= a
        a, b = a << 1, b >> 1
        if a & top:
            a ^= polynomial
    return result


def _is_primitive(polynomial: int) -> bool:
    """Whether x has the order 2^degree - 1."""
    order = (1 << polynomial.bit_length() - 1) - 1

    def power(exponent: int) -> int:
        result, factor = 1, 2
        while exponent:
            if exponent & 1:
                result = _product(result, factor, polynomial)
            factor, exponent = _product(factor, factor, polynomial), exponent >> 1
        return result

    # of degree 13 and less, all prime factors of the order but the order itself are below 128
    return power(order) == 1 and all(power(order // p) != 1 for p in range(2, 128) if order % p == 0 and p < order)


def _polynomials() -> Iterator[int]:
    yield 3
    yield from (number for number in range(7, 1 << 14, 2) if _is_primitive(number))


@functools.cache
def _directions(dimension: int) -> np.ndarray:
    """(dimension, 30) integers: what each bit of a point's number flips in its coordinates."""
    bits = int.from_bytes(base64.b85decode(_FIRST.replace("\n", "")), "little")
    rows = [[1] * _BITS]
    for polynomial, _ in zip(_polynomials(), range(1, dimension)):
        degree = polynomial.bit_length() - 1
        row = [1]
        for k in range(1, degree):  # an odd number of k + 1 bits
            row.append((bits & (1 << k) - 1) << 1 | 1)
            bits >>= k
        for i in range(degree, _BITS):
            value = row[i - degree]
            for j in range(1, degree + 1):
                value ^= (row[i - j] << j) * (polynomial >> degree - j & 1)
            row.append(value)
        rows.append(row)
    return np.array(rows) << np.arange(_BITS - 1, -1, -1)


class SobolEngine:
    """Points of a scrambled or plain Sobol' sequence in [0, 1), the same as PyTorch's.

    `scramble` multiplies the bits by random lower triangular matrices and flips some (Owen 1998; Matousek 1998), drawn
    from `seed`, or from the global stream without one. Raises ValueError for dimensions outside 1 … 21201,
    NotImplementedError above 1111.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.quasirandom.SobolEngine.html

    >>> from penlight.quasirandom import SobolEngine
    >>> SobolEngine(2).draw(3)
    tensor([[0.0000, 0.0000],
            [0.5000, 0.5000],
            [0.7500, 0.2500]])
    """

    MAXBIT, MAXDIM = _BITS, 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if dimension > self.MAXDIM or dimension < 1:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        if dimension > 1111:
            raise NotImplementedError(
                f"SobolEngine({dimension}): penlight has the direction numbers of 1111 dimensions (PyTorch: 21201)"
            )
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self.sobolstate = Tensor._wrap(_directions(dimension).copy())
        self.shift = Tensor._wrap(np.zeros(dimension, np.int64))
        if scramble:
            self._scramble()
        self.quasi = self.shift.clone()
        self._first_point = (self.quasi / 2**_BITS).reshape(1, -1)
        self.num_generated = 0

    def draw(self, n: int = 1, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """The next n points, (n, dimension), of a float dtype; into `out` where one is given."""
        dtype = defaults.float_dtype if dtype is None else dtypes.of(dtype)
        if self.num_generated:
            result = self._walk(n, self.num_generated - 1, dtype)
        else:
            self._first_point = (self.quasi / 2**_BITS).reshape(1, -1)
            result = self._first_point.to(dtype)
            if n != 1:
                result = ops.cat((result, self._walk(n - 1, 0, dtype)), -2)
        self.num_generated += n
        return result if out is None else out.resize_(result.shape).copy_(result)

    def draw_base2(self, m: int, out: Tensor | None = None, dtype: Any = None) -> Tensor:
        """The next 2^m points. Raises ValueError where they would not end a balanced block."""
        n = 2**m
        total = self.num_generated + n
        if total & total - 1:
            raise ValueError(
                "The balance properties of Sobol' points require n to be a power of 2. "
                f"{self.num_generated} points have been previously generated, then: n={self.num_generated}+2**{m}={total}. "
                "If you still want to do this, please use 'SobolEngine.draw()' instead."
            )
        return self.draw(n=n, out=out, dtype=dtype)

    def reset(self) -> SobolEngine:
        """Begin again."""
        self.quasi.copy_(self.shift)
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out the next n points."""
        if self.num_generated == 0:
            self._flips(n - 1, 0)
        else:
            self._flips(n, self.num_generated - 1)
        self.num_generated += n
        return self

    def _flips(self, n: int, done: int) -> np.ndarray:
        """(n, dimension) integers: the points that follow point `done` in the order of a Gray code."""
        zeros = ~np.arange(done, done + max(n, 0))
        lowest = np.log2(zeros & -zeros).astype(np.int64)  # the place of the lowest bit that is not set
        steps = self.sobolstate.numpy().T[lowest]
        points = np.bitwise_xor.accumulate(np.concatenate((self.quasi.numpy()[None], steps)), 0)
        self.quasi.copy_(Tensor._wrap(points[-1]))
        return points[1:]

    def _walk(self, n: int, done: int, dtype: Any) -> Tensor:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: [{n}, {self.dimension}]")
        if dtype not in (dtypes.float32, dtypes.float64):
            raise NotImplementedError(f"SobolEngine.draw: expected dtype float32 or float64, got {dtype}")
        return Tensor._wrap(self._flips(n, done)).to(dtype) / 2**_BITS

    def _scramble(self) -> None:
        generator = None
        if self.seed is not None:
            generator = Generator()
            generator.manual_seed(self.seed)
        self.shift = randint(2, (self.dimension, _BITS), generator=generator) @ Tensor._wrap(1 << np.arange(_BITS))
        matrices = randint(2, (self.dimension, _BITS, _BITS), generator=generator).numpy()
        matrices = np.tril(matrices, -1) + np.eye(_BITS, dtype=np.int64)
        places = np.arange(_BITS - 1, -1, -1)
        columns = self.sobolstate.numpy()[:, None] >> places[:, None] & 1  # (dimension, bit from the top, number)
        self.sobolstate = Tensor._wrap(np.moveaxis(matrices @ columns % 2 << places[:, None], 1, -1).sum(-1))

    def __repr__(self) -> str:
        text = f"dimension={self.dimension}"
        if self.scramble:
            text += ", scramble=True"
        if self.seed is not None:
            text += f", seed={self.seed}"
        return f"{type(self).__name__}({text})"


_FIRST = """
1Er>r5;qAzs`_y-t}1SfkI0Qt>EAu`ZAX+RekCw1rdUVqA2zAigb{5>z-6fu*-`a^?Xiv|qD5+<;eqc>^Vk#{%HLr6{`&_@tC;+>>qzjmpq7UpcnY!vW-^
uId;zlD<;XdDZ|)7D9t=mea@Y@%G>ZE7YN@IwtQ=j|_cee`5P@(mg4Kx6Gs{N{eY7o>96Yb((^7-q?^8;2L-yS76#CD`fRg!6D?n7W&zE#-aHmiT4H^itc
Yyu&f@+{Fklz^p`9VJ0`cWYDKRa%pl!s(d>)Uz=jDcp=f#(B=bSiqj3a)*BjHW$Z#bh9Gd?iWvVR%BP&_=kaJ1;vd3um1iW34}mmR8WV5`Rj_6Mx7&4e&h
Y#5w=~lE~its$+<EvZ=xAMdA{6-Kb3+O0kfEclwz_UNwU@nPQu>EjYerYv6yUN?1C!%_Y=J%0)==w{n)u?>{szqp|YYR?2h-c<r7$4G|)MTV)?8pHi9sN9
9bhX*0OsQ^^#;iD%+RyzwUWg9V@N%1+PZ6WB!r@7(u-Ru?iEIcmV_zcOb+mGa!T+D<%-htBY@m>Qa8EuO?|?VOB!W?KS~++%rYT<WOeb!)p$rczagDmimo
4vph1VL2Dpl%HUy8ESG9`g;V;ez^1y5PrF)a_+$-dU!8$Btmeyf;&*G(@$@wb@1mb48eCnx%NSVGX4#<v1t9>3v@hT9q`3ipz|hVZ7;J)S)Vx5!W$`}27n
oXmUm}f;~1*8wpdY7`dDw}r`2z0-G(#ZZ+^(ToZk90s6;Zy<t$)NkJFbd1^JTFAEcHqYZ3%zix->a%e&!M3EtJ@|8+H`^_FAmYx1?x2te9QrD>*LbL4N=3
Z~9pk@(y`dgU**VH1uR^Vz*I-opu@&Kql`?!+5|A7sn3)W}5_Vur~UnGL{)YcK3=+6W1^HJhW=4u{JHHiI8iKBC*J;IX1*#v{-{7J0yGoM%C5fX^%Uy0)_
u{zbj-4~*F0=obi>F&xU!=-5ogJsZdP8qS_d$Tmti#q`&6A6u(FuH0#P-ve!CFAHO6`-{+!1!~<rsE%@{mzB>9gvPq7AApsF+Yq?Y%DXJFNfG-?HZo~{%C
7<OYG@aW*|Aj(M~eva5NjFMZ2*$Y?PNtK{Ws1H#8lh?Cs%LdZ)(3k31#E~9?SYT<SLK-29EXrhG4-E-=U04B$a&MRFoicKY7>4EX9Fi{n^wqH;ma6XG*i+
ix^fHR7M_k>4*ggrr2m$R0lUTZ(UI=y;nCV`2*C%i&CvpdI`w}6j5RaT5|$UaiJVyy7*~bJ7FpAEHBe%uQ&E)QIRi`)XIEUDm4bEA33{V=t%)#yu92EG`^
si1#6Na-)RoD*k+K87iFqoD)^XgO&$Y`e=OBwydzt61C2C7grXq#V|$g1>sMnKb~mM)@Rh%^kVKu3w@Jrg8S8#OY$DmaHH;=)KCgajRQvAhN2>vu;4h2Gz
K0_g`jzj;d6?5D_A!$!RsQDUliK*V&<d_7N_FhhueM6EKvu=J3&ED^ibNv;&dl_iX2(!Ow_W})=|B1>X7ttb{pYb)+*B#uEXH%+Ev6P_W#j==$Y23bP(W%
SCJj>QmG?_+L`~8swlR<_0mCTmttaoa<6QASnt(`AFJ$Du5`nzPhU_|EitF@e-E8u3`49JUlyxu$rqZ*9bpPkZQ-w@&A<jcPW>+Su5{@t)CR3fBKOtheRI
ID(p$wW3=Jk3p(UxWf11Dy1E*zONp@sFb;78P}SKoj69_)1DD7ZgVo~Nr27zZDV;ZKbzqBRbh9uXRZ5U%kj?KnihKl??_Jo0`M%gK3AUhiho@}u4vbfxlx
6JdtIqP~=8G2Qy3w48Y+0(RM|H$AgpoffECzABv!G?X7yUg>Q`6G90usmvSDy$KP@pU_gZ7lbfqa}filO5aB(6q-XS1Ob7d>IUpP7)5in1WE=DK_<ScZ05
dF<=#DPE1P}WAh+e=qK?>ss)G*UuLu&2Au2@y&g38giMBShSz4|w$LpI4?Q33v+ka&<_Zp*Ya;B+gDk4M0kyj|3{f$v;J>CF*Bob9k*EhAgNeu1iN3dbd(
(nez*2UeY#*+mtLb;yp`_(`<@Ylx&_|T#H1v80;u=_cOcgOD!ayhB<DKxT^ZU|3^8IF${ew}Kmxx;Fw?w&2$Pr3TQ5ez1S-RDbKFfDlIGgWY0^ANt$RoB_
z=Wc6iv*eX0TCg!k-mtOtQbI1*%`m4iCgb5U%iuGzW)2v#*csYVkm$Kd&Y)4r%Nj9zJ0`I3+A*B#PqOmMobgG9eC0yNW}11oW^<|6iMh9MJX&`X-p|)o@9
ZLC`xc!*ICuF7;sdT)h$-`rA&pr_Jo5P!Ddm77bxg_dsR!7opS2e*@2Vt(OkXyIQ$gj4ZiVHZG1F8UT@|cxITPjyysvw-5|!q;eGDHycFIMBl$|J7I5cHA
FFFr(yi7OGgSd0m7bX|F*caA8Zf{r>a2+jAvm?(bcJ?}z7z%wSKU~F2`v*LQ!06}dY>T!tyTxtZu23TAc^~zp)&`?qyV4sgO=66gcu7nINLJ_n6fq+^*T4
RB4G#EPd4~88Bjn_8PXlRkU`gSoE#}{zg=YC|T6Oh%nZHPh(KSyV0#nd$F}FS;CN?!J3GIYh8%c}~c$9dcF<1Om*R?s`%L=MQLG(i5`vd7Ib_Utm&k2AX!
A+1~CdOIzkQGFQMdbzfyg=1}yU4G&WYnVnAcK4lSC#HXNSZ4107Xfc;!~d;+6$5PXF>?Vf;RD22T3baKlakrpHq980OK3$T0Ab1B!)u;aIf`aDv2fjfdfR
YFfH|`YcXh!ncPIZ@_KOJyr-HOW%~BIcWXCI>c_tObzxlJ9H@|)v-o&j6Ln~A=QQ!w)vcvcNvUAv#BXWRP@=ITa38tL%1|f@-2B!s?F~~tMoyB2Js_`xy=
Q6E(A4shiHUZSQofA+i>x2{H1#20le^Vs4i88a`l3Xih>=`E+X2X5s7tv;E%{)z$hwwi2IMspwu+TTsq|h*lLld7!1jl^#WUKTMOL@Afs3Kh2OH@}yi5pv
g>8=+<37}v3~0**Ni@xpB+2;{wJ1nPzQA|9wn{Y7u~CVip#!t+YaX9L0%Le%>91AeJ}}rBc}l*`qRzK3Qad$DV-nw1pG(;J0DhskYSoNjeW~Ax`LdY`KJq
AKc3UH;;)#0;Yg5`6{$W!n_GBmiqN3mSp(FBVXZW1VCNQTqwQ-ty{ZJl>`HSw*Zl1<Rl-8OZofa|Ky@YaIYpwL&H=PObB%c2A3^9x@QmugNlPtyDnC!FAI
9nmodiSK0=T&nu)OdECNESRD7l0PLv6yOi<|x#Q%IG=vZq#3ZSBTWx<Dt?$S{VhJ{_4eT_2&h$mo;oxU2V<g_MFC{^RFenS!bhJbbWZ9p*iI{a*c!dAgA8
z<&DLKWDPCb_gAe?Xx@%)!mIoz;aM5nlE3)%`ho4{PqwT9gD&vK9UHRm8kIL9J}#AO-LPc3@h|Gyo!l8~SLMY}yv*@4qCXh7YgrMb7nH-4GUv_u=iFzVtY
_j5J?@r=uGG5ylJjuZ=e&REGU{SHWjbd6Objc2l<AaA^RoVb<honxEx~EIbm)<nJb0Ilo}h&j%yGp(F$@hcuc7_Z3F!6WT@B%#4TXUz-jT`<*-6h9;t=L?
r6u(*f){Kye}RFIooBX6kv*7o$^^B!Vr;y{Z`X9{Un&yLuo{NPh37!s5}>Et1s#dTwKkk0703xd=bM4_JTl2jKTyhOP{{GXRuHa34!H%}04fHS44Z;#Y0*
T0M~NX_@qEtF(}h%2O{3H3iUlg8D>4fK)tg&j-S3XF_lcvYHEgCFo=TfO&}w<Ls0+*%&7S<o{k8~*c!CN&bd$WUP{>qhVscbs0>r1(oJHeC2m!-0U?fxc7
Kl(OYTb(y2Zbj!NiDV|*Tnt6^%`qof_YRd+-^IdT5FIPH5fW>Bd`SUJnoh)bcY{6Vh%BLP}8(5*4OEGr0SSxL3ZH0{IqOAcuS|L;u#*I{c16qR67LKG=Bc
M`Mc@X!@SpsClqK$Vmhk=%UU7_R+E*-Ju!Q~gFjXS6-RprgeOuC-Ft^bG7uHA{R^*v!ys6cG1D-}n-!f)*NUsEQG}gSVv0JLV3EW|o=<%ucGr*m)D3EV9Z
A5H-S;Q);Lh_f=+dKQp1$^Vc>gYCLK><{#85|@tAtyv*8U6QDWa?&NR{mld1VV;MGB+IQF7S)f4jtAjS^mSR!{~d3GsY!hCW_LG>0h2;MeaQNZDU?QKZs~
GURbjOr>VaGIwb@R>K(I!ER`c-ZM^)tC_x|W<7=s%4cydG{gykivUsF;d``)G;ow<c67`6B(g8K$qtoR1eh#vV4W>R9SK8`kNx@tzU64Ahbo;Ffb$sM98+
-XJPY@Xa~jdpSn-_nL}%e^$&-qE4<&t+6Bk457++_YM_b>x2aSOYSz-NBeS`Yjz&((t+X?EKp8;b+)GsPlBC6tLF`{ae0^6%wN0)*Ur>Z@Dkr%X3FFRU|z
x9+}=XVz!iA&+LekISAlBFM%y?{CLNG?oj=Ib@|r*aKqa8zc|wiC+vIt<3L@PMrt^aoR)6LMdx5XQ=JRSWZEx)J0h25&5zx7YIcg)#8NEC4#Ww>2&rRf+l
QPoxT&B(X#7)0h=mkdpeex61cnR1K1b+15&0?DAP6`vZkw7YGF)!;PqaaDf;z-jg<p#EU8|tSc*0fR=S|%j@Jmrl<YVZPj+k<?!Hp08N(~U9i=pGq>;!ol
wtxT*H$JeHCk%OdV8k9~1Ut=LO>s1qSI4V3NOfsP6K>jBJluDB%VoDGV6b*OO8K40?-}&e{V9mA?rI223J%qw+Gp>3|CH3`ALh2;RE;sUn{@&P~bIFj>v>
7SYEoB5GGsC{W4$X-Sd%=wGv<v$tZbN633Sg?E5qvB-4cJY?I$>U7k!P_w3J0mWbs&I=vJQV&iqkZR{dI;iYHc5!{T0G>3IbAk;t&K^n|LlTCn{_~ApJak
s!X}M(5oO@a8lUOkChT6q4F*Q_yYUB7=<913g^k7S?dnNKtwP`__|CYesn;?3mS?w|dJC*BqQ=I#r=_nF!BonYK<e$Wxsfdqp(F*r1o{z|<&f&PymrxJeO
gH?ujeKT7_0)d!L;I``d9&^GQAANPN_%8FemP9xdJCgzKQez4;ZcVlpfCT}lak_2>RVM5O+wPE*(xUk$tA{r=~)&2p)>MSGx?_<?szR!4J}d_brj>sGwts
V>)mV+Fu=(N;7#lnvXo~HT(JmUG%$|g&#no>hMUcf`_+^k7lQ1omSm?}NBb7sjgLF*PWc#9Z{8zbSUv4wRw8$kxv7gEa30hDX@P4w%s=TKf-!wikm#;}jQ
kycF_ce$D^cC9u#$o5IPDvEklJUcW6_!qjk+;D>fgtPNiHITXX9GQHRe_ZorW+g#Y7QzjgoYeNCH)d*yDCs;wF?ZrF!EG$J00iuq>$f<tNR+9PYwZ)__1M
EUnU95)1VxMe1}{R(6}K$^{9tW@d371dmQ0s_gMPMVo;;xH?$Zu6W~EOMjQ24W89D4XUS5ew9DlSJuZREx+3a$|d+0$2oAjz}9Njs;P79x!1xfc`|MCy@4
F~+4l##r{Ja|cP!_nU8U<2{EkYLQwB(S@Eb>Q;_{PUi-+kLIVb6G6kwJ-7?ph-)8T_JIlG<ANPb#>PM>3*cE;C<jdry7PgYBL?NXK4OizU<{obx-;=H~s_
IQigZqQX6+5Jw+{sSB=guqya>;!i$!!@`3a>#mN5`W5drsnuB<2`g4$wkFOXgx03@mU*h*>XX*zyxwsXQMsgBF6W|Z+=Fubl)t(;c6M!z5$o*2m$@mPK8$
^m%-~(-5D_UV_+*r3_x>o4FIYMQL8I!T1Iv}!DEmWtum6{E?u0F(oD@E5mI|41j<F^!ZDAhvjGKj#p1%2)0yPy3&i+g{~4qEJs?}5oAg%1^@9OggFHrcQP
C^Z-~eJ|s*pOQtuIXO0`)<?>|R<DNIeqxJ$CnsulnB*L<eV4NMY7Bq>@j#Tr7@arHVKU%9L(T)MMUJ4({HiHsc<Q{VqnCwOx^n8Q&+r!jnSr8J`{T`2eHi
>_#(#=g=d035+u(+-ojTa};6$B!HHLu6TApb#_&y1k|VY?Z%1_pa=a5mxQ=+Xopr3Y-_93wabxF^7l-!w;+1gC0--O-s_oIfaZ%sI#Z9QPjoPqIi@2Z<*s
)vSPbJCc!oHdo4dXF@a%o}_+2E*&H7*+w$dUP8qAlJDOYhlyAC!t8(6b@<|tUHHy5;wL3cPU%Won2baL`F8wZ#;e-9LxNysGtoKhR|NcO663{gz4{AlLPt
A!-j7xjb?r0N*w4(whIG&agljsWY5i!86HKxiJ4iF@39N6Eqr97(AD*_|kC8$IquRjO`gH4Md!5%u?@I6n^Ln6LTpM5ZEyzDWBbnhJ!f&Ahs|V$#lRBN()
oEiI_w{B~DV>7Fv^s~2{L*=?>vhF;Dh&KML{2|M@Zy$h2zO5iZm{|Lf}X~=k+CPpe09FmEj2#c(EE;!0N7Ps+^(eJ=d9Uy04x5D@M^7;QjpD;~Ck^ODLe2
!#C=WDru*~&PuI4Q&|yA@uyvh+v1{i3VzY#3XO?W!+7r{4k1#Y4ez;0cim8X)*^f+&Lo_e_WgsU368gdNyS0&D;J9$<3S4NuQ$tRj~oBi}&Y{WG;Ty6Pj<
648Gz;2V<u58{EWf{SyoDbCB2{e9}6@CSn8#;w@{;zqc*>_XwHGzg3<=M`EWj7b@T!-jNM*-VW$S5S-G!ZY>f%{NnyZlTSPI#%{HvQbItQynJ~pdn-!M|z
h3iGZNS*a%3y97f$S&`vp&Zktz>2)i4Eb2O_}n(gfosvydaF>du`**;SJS<<svEx`}=7|ASv4C|yLRT*G+QeCusTN@F<J4-4~gjtP754S8<_AVGj^Kw)lT
h%(e$U0N97b8l51&lE1o<7!v<^GZqJi=#$u^!pG6V8j6v`=BP&a}HxU4yo`{WrZAj?)rFGq94h!=>K)y(z^f!oSoOdtZ&qlWL<WXd0(A9b@DNHT3#n-QF5
=(UVuHX&__z3n@rISslcf^)UH_o-IP+4vy%_6h*kw!f$!#%LJ_=8WhG6w=?EuRzioqz4BGy-3=yNO-?uWtLI8g-1?&QvjAD3CaE0w3QAiG%yE8S^Zg4#f*
{Z4QFFg}6S}ST1D6Zh)Q2z0pW|%@1!E50KCkmfQ52)i<!ymLO)hEU*+uxj`Tw2fMZcv11XHSjhv8mPpd=;3`L}opKkwMdSU8GD6yntyW33^9CrN_T_eIL<
c6&?zhZ6Cm*0bAE%c}q+ksx$J8j$O&Q+K6MAjpS+6LR)uf(<6Hi~2TbVf5fALeZvBTz^w*q>XY^C0e#@IcHA-5g=g^zf-8E<iuHzbq|U7&YiOhvSVWyizz
2CWF0Ii?h=(j$&DVlP|phmXQ`<Sy#u`zcTzQr;r(Jyp0uEQ!cenN_<EXZTW$@CaKLx>&VV^vxk(4x(P;r2xij<k!DoZyO!LEjj=e=yvOMT#Zpg_M&xnmW$
KJ?)GU^=1iq@<k4kVon%V(zxCCd`bG55PdL2a;x*iGgdh_4rU(OMr?BAV2nX{PdN+Kwc+zP#k<vILkS&LLNWjFCEdeY4HH2C7)U?~<;IFVWhT7LX|##&-F
!ObHl21tT+gVY~fOu%KGprgD=Slf%~$7*EgzF><&4VwwTXqc=66rERr))?Ali>z4fYEMwjZv>%vokQ@?Mv^Wy}Joh&R6A`|^D|3&KRFS$(ADVBZtNX*ENz
#cgk994cH_lWF?|=XcJZ+D6$whx7>Ty#5R}Rab6YI3(>2?HM4Y4s!u<o2f++(TPKgAfLC3E2yMf=dnbijNQHR>wOzVFP#sFv}d;0MCFFI}lOn5#hRQW#Tj
(0zk4y4}Kv23`BLPqVe%Oa8P?5r>ES&%_}+7YDm1ejcR+*a`-%DBQLfFLT=js_EtO)LeIKG08#HS8}L{f3f@?6!sEs)rlBe=re_Bc+XfA*FPR%-UX#$(C?
a_HkP$Ohv^1fI)ZSqsflIPD&y)G02d=d+LFBWVm8h3s2>8@IQF`=Msxr>Ocz$E-^=0w9a?K{e9#NLcVFJ=0o(F9mXLAb4ZyVhXX1b-Fh(xeOFaC-4yHXf=
-Sh-fo1*hD{{#5Cb+U5I)KQ-RutRs{bX>cGwH)}xk&?EIFTs(tAw|C<_^c-jRNOvlACx9s}{q`L+o*|$93;yDq$1~8KDcj<G8%2eN%U(##SpihQ<hH$J)Y
X)`N}KWd+>ZCY6T&O$5yhR>5XG5FU4$^|p%pn`=uk$-8l4ac97H(XCnaLs|}dZ@*N0`arq9#g}v-WnIOyea_O$)(`T$zH2kmc?Q8hql0zWkbGr@W8J$PT|
3mun#&`1wtkEo8mTa4O|m2<ce)?iAUf&W|E*m8cCbOL%L@_>T^!rX4s94;Gmw|kISH&xJ~2dQkqbUowN16Ev7kTUkcQ4khFYoVL0*>>CmXeq4{=A7uXf2I
Z7R{_icGaUtr8@1)(ENf?fJEIP|`k;u1_^ei@w3O{XcodaOy{%zl`Nv_t8kh7x&JMzZv(RhvomykQI;L+1h-GKY~HGIk0C9x9@HeF6)anpx}X8HiV17hs(
(H<+3)Eb%s!SaL!h5T1Gs*I2O<&MSBc{`RaLqy=8SVexILt82dR+As!mdULuyY;rl9ZGSSE1Nf0x|>RNDbMV6gJ!Jo&8H9mMPZ4juv%dZ|=%U3@zX!jrk?
5S2NOo^xNmkLsn!@ZrtP+Ja?RgXT#Bx?w!2)qmmGS3y4T`3y^AjV1l73$l6dV!+3buS8ja#kWP^p&M91qh4hl`pokizr3m6oZ7DpideO$)ax9m>KIvmDq2
rBn<Jbf7>LNtHztyC`m9r-J|i-2fiQ|X24xmWjfm?7>}yno)z@(z_y^d2RAet+TDD+ev1J(>C*S~QCen5-KGe%qV;Pggz}igb(~g4EG%7fi>b^*lZ1R4wN
)EH7|#30x8fRTCH^o$#gk12hpjSJ3tEQu9`7JcK8GoDk^`=^zlwS^f9M&h^T71niR<TEx!A6Ik%Fue8?3V)<A=gzvJ()gKg=@d7Ch_M0t&G{;|U=!V!vQX
x6uuHB_vsSzBZC~Ug0;Bk}h^Q3Uyvs#czFD9U*f!T+kx#!p4g`stIuHg7Bd1yG$4@pv`W|i{JUsS2B8BNiksJsUv={>nnaak^>Lj0^e;&aPqgh!MZZi2Yk
Ts)>^q>Bs3h?Ldj6|Uns>XdC-9sB`vY9_Dip&(zANYo(C}Gkccy23_$3FKZD$cpz~N6!bzGxiNzUO?F7|;Ghu4s@z@89v@L-5pioGE{4<-whMsE7H~@phg
c7&pM(st_9X-u5q*$U&@stK$zeZ^u$b5`aR(WapQZl7z=<JMW6mwadoPJ-!x2#GPQEBSHdXSasf`}S=k}9dwxFC;dJ{jDMsF`TL60(uyr<C|>gA<PJAA4*
r59}Rrds}m`It<7uPG8)j2rI;*HZ^hUt#L>eA!imdPQ3&`ky*;s#V6NVM<d6-X$@zRx_Dj}cfdZ^(gZYfU_f>n^>Bhtt3Sx<*~f3GS5blb0_wPTQ+&EdsW
+lSj{)WNr-5&r6R96ZRKMNX^qv96yM7F<&kII<cAkO9!_VPTuqPq|<KT1cXd>(mE<SpNofSD5&c^MW=V27Vbfis+;sQDoY_7%ycd+jJ)&6eOh)xU}6UXK=
50~8u@Mu5oF`egkxM7VOy!PFQNUdXj16Zz@EZ{MF9MZ->j<cntSRT$i9#=pR><(>ADN%H|W7M*CjlD^KCnPB9_dO^T2#B3@=V=XBtnPZ)(M)>;wb~{L(rI
m`gu{;yxGdULZ`<5YRktRrtW3k;h;y!hmh4urr-sjHe(j{*17m4XWie}}D<gFb76-t{>0ePWOwAO}x2e<LD`_a|I1Gr00AfTWa1H(_mmN*8b!|w31+*F=E
PgKMNio&__l3@|I7cHg+1qZkFK^C}ctT%suA`I~{z?z1QvefYjAD7lROYM%7W^9t9hBH&&1Wk^=^6InnhT;`hp7aL_E_Y+5&|?6&-oVpd&I&qD6rDb`60D
i^Mu-;G5WtJS-ywhK?<{HGc9ti9#W)sKcH#^VFy0w^4jX1{ke^~(&k{(fYLtRtV>Gix>RGDq!Pu`6|`_EMu%$1ds?c}rS?5E-Yo(QVTCYK$sF8apa+(DBH
$f|sI!6jaQuX`*fRx6Sq7S|U)7a+Ua)tSSEod<*lSpeCE2oF&>1K>3VtFr{C660?2BP)^2%t39gQ{6X54$P!`j7!D7n(fjRvP%2-D+*Q*8o8sVGN;`5~ep
_vgwx$}=IZyPps^K#$deFiXhZm}r|+CLL#xZRM^}YK0UKh>NYJOr|>DG?YL&xKbK#!FnUU{Z1Zv<3!E37r8*EA!#da1)=XTgqqZDw}2ZHwOPy#h5^X!W>;
=OOV1**Y!ehC&}3cP%iW2ebE`&-Bnm9}hSx`khy}l3n2eMV3Jdg@hnqn_buaU-L-@xspc;(gU`Io1yi*88ap%RX0XWVj&K+71fejh!^5xvdpVIr|%7CikB
DXW4pS-bS65l|IRL(XC^w5B^{*?%w`I{&jy7Xx-g(^=O#NMyn;6Dm44M@$G0SZ~g4dDj|rOIck;MGz_D#S-c#R2DEIK<7n7pw|$bp)1ZgJ@_R`S$q7au`O
UIplgp7jl|tju}5rt4#1FhMIPJ=@#qU7(Ck8wj`(dZQQM3J2iJibj&X+PO`|XM2346WeZA<!Tv~D>*wcZ(nav))D?vW;JuYgydysC=&<=vSWiPzS;eq7-5
Q}|EQT^3i`>e5T%9;{B^ANb<~ChO5^@A3Qg2-}opc5QUVqH)W`Mw!yCGJa8@O$Swxa{qvO=-)ws=-_Y_j)7bu5=E#Y!fANpu!Sncl#P3LT-DEk1Ua>2?&W
C;-IxS16ZG1SgeVXFF@lOEeTF5$DJOTQzhADSi7(SN4+NpKZ9Mxl1a=buWnP$x{6ea5cVuyW14mIG_y|g4k46ZdX6pwDb8x$WFt=p?28H`qiUAtzH}y0A&
68j0*pOwYbn+UO2}|7VP^t=Z$Sh1OrIo)6s4wfh^T7CJEp>obWxSjHp8~uLHU&cm+?7hj%yvx%<OS=ORP7yJ5B+wp=sM9yINcUf<^yCL&ohUfffhF&I5FF
^g;w6xqaG#}Eu8;&ty9jLsxs4Rf?8jqOMTGKx6NXxcG%59swqQNMBs?s8@MXv3B?fW$~odp<e#95Lh+DB4|#6@W5Wp`P!qiox<c{{#0=RC)tXUi7_wllYr
Uvc0T|8Vmg@D4E2<emqk`Rix_+0BmE~AG0vYq@$hSysvENjygkO{NKI;m^LeR;v~yWJ9D2UxbO~-bjuNJ5XI=-##Cx`>wI_dMp_E?=FB)wD;-8QKOk46Z<
Jc-mz4!)Mmid8u_qiN=Aoi;x|}h}wNSsZ`)Y<reK|mPtGwFSoqWU6W>2h&NFC~C9lkriX9}TJK;K?co%7SOSP%ViPs38h(ENdeI`<u9&u@QYVDzB<Ty;Nh
zuM$gz)r~$OTq-0l%+pLLu`ar>eB2|l|+pVd%?sA?ryX~AJ*C5ZmA41@A&n0{V$YWe;=B=az;65U6GKYCBlLY_-xvvtSWMqT#CTAM~a9qH~Q>UGwi8s?fx
UR(r3L|Q+6ds)D-A$j|!(2kmfXUAbTp{M<uc|Dy>d9gsy*}ifhor(q~zXumo5i%9tu34iTEj1EzWrWd1r%4@UZAtW+O+HN^?C5GP)NTahgT4fF!%(dN(SW
=f3UACI1zjgrH5{ghE3!A7p0AzKE)?f9rcrO;GaXq-qlxI0x+T~e5&Ltq_N6B(L^j88D6omwVStBU~
"""
