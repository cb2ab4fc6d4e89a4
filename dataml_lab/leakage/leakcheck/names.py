"""Names of the field: what calls learn from rows, what only reads them, and what a variable's name says of its rows."""

import re

# Classes that learn from the rows they are fitted to, and put it into the data.
LEARNING = re.compile(r"""(?x) (?:
    .*Scaler | .*Imputer | .*Vectorizer | .*Discretizer | PowerTransformer | QuantileTransformer | TfidfTransformer
    | .*PCA | .*SVD | NMF | FastICA | FactorAnalysis | LatentDirichletAllocation | UMAP | TSNE | Isomap | MDS
    | DictionaryLearning | PLS\w+ | Select(?:KBest|Percentile|F\w+|FromModel) | GenericUnivariateSelect | RFE(?:CV)?
    | SequentialFeatureSelector | VarianceThreshold | Boruta\w* | \w*FeatureAgglomeration | OneHotEncoder
    | OrdinalEncoder | (?:Target|LeaveOneOut|JamesStein|CatBoost|MEstimate|WOE|GLMM|Count|Frequency|Mean\w*)Encoder
    | SplineTransformer | KernelPCA | Nystroem | KernelCenterer | Tokenizer | TextVectorization | Normalization
    | StringLookup | Winsorizer | .*Winsorizer | OutlierTrimmer | RandomTreesEmbedding | RareLabelEncoder)$""")
# Classes that transform each row by itself, or give a category an arbitrary number.
HARMLESS = re.compile(r"""(?x) (?:FunctionTransformer | LabelEncoder | LabelBinarizer | MultiLabelBinarizer | Normalizer
    | Binarizer | PolynomialFeatures | HashingVectorizer | FeatureHasher | AdditiveChi2Sampler
    | DatetimeFeatures | HashingEncoder | BinaryEncoder | BaseNEncoder | GaussianRandomProjection
    | SparseRandomProjection | DictVectorizer)$""")
CLUSTERS = re.compile(r"(?:.*KMeans|DBSCAN|HDBSCAN|OPTICS|Birch|MeanShift|.*Clustering|.*GaussianMixture)$")
SYNTHETIC = re.compile(r"(?:.*SMOTE\w*|ADASYN|CTGAN|GaussianCopula\w*)$")  # make rows of neighbouring rows
COPYING = re.compile(r"RandomOverSampler$")
THINNING = re.compile(r"(?:NearMiss|TomekLinks|.*NearestNeighbours|ClusterCentroids|.*UnderSampler|"
                      r"OneSidedSelection|NeighbourhoodCleaningRule|AllKNN|InstanceHardnessThreshold)$")
PIPELINES = {"Pipeline", "make_pipeline", "ColumnTransformer", "make_column_transformer", "FeatureUnion", "make_union",
             "DataFrameMapper", "TransformedTargetRegressor", "make_imb_pipeline", "ImbPipeline", "imbpipeline",
             "make_pipeline_imb", "imb_make_pipeline"}
SEARCHES = re.compile(r"(?:.*SearchCV|TuneSearchCV)$")
SPLITTERS = re.compile(r"(?:.*KFold|.*ShuffleSplit|TimeSeriesSplit|Leave\w+Out|PredefinedSplit|\w*GroupSplit|"
                       r"\w*TimeSplit)$")
MODELS = re.compile(r"""(?x) (?:.*(?:Classifier|Regressor|Regression|NB|SVC|SVR|Ridge|Lasso|CV|Model|Perceptron|LDA|QDA)
    | Ridge | Lasso | ElasticNet\w* | Lars | Sequential | Prophet | SARIMAX | ARIMA | OLS | Logit | GLM | Earth
    | LinearDiscriminantAnalysis | QuadraticDiscriminantAnalysis | IsolationForest | OneClassSVM | NearestNeighbors
    | CatBoost | XGBModel | LGBMModel | Booster)$""")
BASELINES = re.compile(r"Dummy|(?i:baseline|naive_|majority|always)")

CROSS_VALIDATIONS = {"cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve",
                     "permutation_test_score"}
METRICS = re.compile(r"""(?x) (?:\w*_score | \w*_(?:error|loss|deviance|report|curve) | confusion_matrix | roc_auc\w*
    | auc | \w*(?:accuracy|rmsle|rmse|mape|smape|logloss)\w* | (?:mse|mae|r2|f1|recall|precision|kappa|gini|ks|auroc)
    | plot_(?:confusion_matrix|roc_curve|precision_recall_curve) | from_(?:estimator|predictions) | acc | score
    | mean_(?:squared|absolute)\w* | \w+_metrics? | precision_recall_fscore_support | evaluate\w*)$""")
UNSUPERVISED_METRICS = re.compile(r"silhouette|davies|calinski|adjusted_|mutual_info|homogeneity|rand_score|v_measure")
STATISTICS = {"mean", "median", "std", "var", "min", "max", "sum", "quantile", "mode", "skew", "kurt", "kurtosis",
              "corr", "cov", "corrwith", "value_counts", "agg", "aggregate", "sem", "mad", "prod", "ptp", "amin",
              "amax", "nanmean", "nanmedian", "nanstd", "nanvar", "nanmin", "nanmax", "percentile", "nanpercentile",
              "nanquantile", "average", "corrcoef", "pivot_table", "crosstab", "spearmanr", "pearsonr", "nlargest",
              "nsmallest", "idxmax", "idxmin", "histogram", "f_classif", "f_regression", "chi2", "mutual_info_classif",
              "mutual_info_regression", "describe", "first", "last", "nth", "size", "count"}
COUNTS = {"first", "last", "nth", "size", "count", "describe"}  # statistics only of groups
ORDERED = {"cumcount", "cumsum", "cummax", "cummin", "cumprod", "shift", "diff", "pct_change", "ffill", "bfill", "pad",
           "head", "tail", "ngroup", "backfill"}  # within a group or a series, of rows before or beside
FITTING_FUNCTIONS = {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "power_transform",
                     "zscore", "boxcox", "yeojohnson", "qcut", "rankdata", "KNN_impute", "knn_impute", "winsorize"}
PLAIN_FUNCTIONS = {"len", "range", "print", "type", "isinstance", "id", "display", "open", "getattr", "hasattr",
                   "head", "info", "help", "dir", "repr", "to_csv", "to_parquet", "to_pickle", "savefig", "show"}
SEEDS = {"random_state", "seed", "random_seed", "n_jobs", "verbose"}
STOPPING = re.compile(r"early_?stopping|EarlyStopping|ModelCheckpoint|ReduceLROnPlateau|use_best_model|od_type|od_wait|"
                      r"early_stop", re.I)
EVALUATION_SETS = {"eval_set", "validation_data", "valid_sets", "evals", "eval_data", "val_data"}

ROLES = (
    ("val", re.compile(r"(?<![a-ce-wz])val(?!u)|(?:^|_|\d|x|y)(?:dev|cv|stop|es|eval)(?:_|$|\d)|tun(?:e|ing)", re.I)),
    ("test", re.compile(r"(?<![a-ce-wz])test|hold_?out|held|unseen|(?:^|_|x|y)(?:te|ts|tst|oot)(?:_|$|\d)", re.I)),
    ("train", re.compile(r"train|(?:^|_|x|y)(?:tr|trn|fit)(?:_|$|\d)|in_?sample|learn", re.I)),
)
PLACES = re.compile(r"(?:idx|indices|index|ind|mask|fold|perm|order|rows|ids?|sel|keep|inliers?)s?\d*$", re.I)


def role_in(name: str) -> str:
    """What a name says of rows: "train", "val", "test", or nothing."""
    found = [role for role, pattern in ROLES if pattern.search(name)]
    if "train" in found:
        return "" if "test" in found else "train"
    return found[0] if found else ""
